#!/bin/bash
# Goal: the service carries none of the large libraries that only its programs need, so that it stays small while nothing is
# to be done.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
spotcheckd=${SPOTCHECKD:-$here/../../build/spotcheckd}
for library in libcurl libmicrohttpd; do
	! ldd "$spotcheckd" | grep "$library" || { echo "spotcheckd is linked with $library"; exit 1; }
	# … and the question is asked rightly
	ldd "$(dirname "$spotcheckd")/spotcheck" | grep -q "$library" || { echo "spotcheck is not linked with $library"; exit 1; }
done
