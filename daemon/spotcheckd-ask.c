/*
 * spotcheckd-ask: asks witnesses and beacons for the service, which writes its task to standard input (app/ask_task.h).
 */

#include <stdio.h>
#include <unistd.h>

#include "app/asker.h"
#include "system/primitives.h"
#include "text/language.h"
#include "text/printable.h"

int
main(void)
{
	struct err err = {.tr = language_text};

	language_begin();
	if (primitives_begin(&err) != 0) {
		plain_say(stderr, "spotcheckd-ask: %s", err.message);
		return 3;
	}
	if (isatty(STDIN_FILENO)) {
		(void)fprintf(stderr, "spotcheckd-ask: %s\n",
		    language_text("this program is the service's; it is not for use by hand"));
		return 2;
	}
	return asker_work(STDIN_FILENO, STDOUT_FILENO);
}
