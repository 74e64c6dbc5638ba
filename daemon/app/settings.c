/* Reads the configuration, the letters and the calendar together. */

#include "app/settings.h"

#include <stdio.h>
#include <stdlib.h>

#include "config/read.h"
#include "core/base/text.h"
#include "holidays/load.h"
#include "system/clock.h"
#include "system/user.h"

static int
read_letters(struct settings *s, struct diag *diag, struct err *err)
{
	char *folder = NULL;
	int rc;

	if (asprintf(&folder, "%s/letters", s->config.dir) < 0)
		return err_memory(err);
	rc = letters_load(folder, DATA_DIR "/letters", diag, &s->letters);
	free(folder);
	return rc == ERR_MEMORY ? err_memory(err) : rc;
}

int
settings_read(const char *path, struct settings *ret_settings, struct diag *diag, struct err *err)
{
	struct settings s = {.letters = NULL};
	int rc = config_read(path, &s.config, diag), letters;

	if (rc != 0)
		return rc == ERR_MEMORY ? err_memory(err) : rc;
	rc = clock_set_zone(s.config.timezone, err);
	if (rc == 0)
		rc = user_become_owner(s.config.state_dir, err);
	if (rc != 0)
		goto out;
	/* Letters and calendar are both read, also after a fault, so that `diag` gets all faults. */
	s.year = text_year_of(clock_date(clock_now()));
	letters = read_letters(&s, diag, err);
	rc = calendar_load(&s.config, s.year - 1, s.year + 4, &s.calendar, diag, NULL, err);
	rc = rc == 0 ? letters : rc;
out:
	if (rc == 0)
		*ret_settings = s;
	else
		settings_release(&s);
	return rc;
}

void
settings_release(struct settings *settings)
{
	if (settings == NULL)
		return;
	letters_free(settings->letters);
	calendar_release(&settings->calendar);
	config_release(&settings->config);
	*settings = (struct settings){.letters = NULL};
}
