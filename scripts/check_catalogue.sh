#!/bin/sh
# Chinese and English are equals: every message of the sources stands in daemon/po/zh_CN.po, translated, in the same form.
set -eu

cd "$(dirname "$0")/.."
po=daemon/po/zh_CN.po
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

scripts/messages.sh "$out/new.pot"
msgfmt --check-format --check-header -o /dev/null "$po"
msgmerge --quiet --no-fuzzy-matching -o "$out/merged.po" "$po" "$out/new.pot"
msgattrib --untranslated --no-obsolete --no-wrap -o "$out/untranslated.po" "$out/merged.po"
msgattrib --only-fuzzy --no-obsolete --no-wrap -o "$out/fuzzy.po" "$out/merged.po"
msgattrib --only-obsolete --no-wrap -o "$out/obsolete.po" "$out/merged.po"
status=0
touch "$out/untranslated.po" "$out/fuzzy.po" "$out/obsolete.po" # none are written where there is nothing
for kind in untranslated fuzzy obsolete; do
	found=$(grep -cE '^(#~ )?msgid ' "$out/$kind.po" || true)
	header=$(grep -c '^"Project-Id-Version' "$out/$kind.po" || true)
	if [ $((found - header)) -gt 0 ]; then
		echo "$po: $((found - header)) messages are $kind; \`make catalogue\` brings them in:" >&2
		grep -vE '^#~ msgstr|^msgstr|^$' "$out/$kind.po" >&2
		status=1
	fi
done
exit $status
