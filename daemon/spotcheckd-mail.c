/* spotcheckd-mail: sends letters for the service, which writes its task to standard input (app/mail_task.h). */

#include <stdio.h>
#include <unistd.h>

#include "app/mail_task.h"
#include "app/mailer.h"
#include "system/primitives.h"
#include "text/language.h"
#include "text/printable.h"

int
main(void)
{
	struct err err = {.tr = language_text};
	struct config config;
	int status;

	language_begin();
	if (primitives_begin(&err) != 0) {
		plain_say(stderr, "spotcheckd-mail: %s", err.message);
		return 3;
	}
	if (isatty(STDIN_FILENO) || mail_task_read(STDIN_FILENO, &config, &err) != 0) {
		plain_say(stderr, "spotcheckd-mail: %s",
		    err.message[0] != '\0' ? err.message
		                           : language_text("this program is the service's; it is not for use by hand"));
		return 2;
	}
	status = mailer_work(&config, STDOUT_FILENO);
	config_release(&config);
	return status;
}
