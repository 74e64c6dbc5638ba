/* The settings in memory: released, and looked up by name. */
#include "config/config.h"
#include "core/base/array.h"

#include <stdlib.h>

static void
list_release(struct text_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i]);
	free(list->items);
}

static void
cycle_release(struct config_cycle *cycle)
{
	free(cycle->name);
	free(cycle->title);
	list_release(&cycle->rule.holidays);
	for (size_t i = 0; i < cycle->n_targets; i++)
		scope_condition_release(&cycle->targets[i]);
	free(cycle->targets);
	for (size_t i = 0; i < cycle->n_sample; i++)
		free(cycle->sample[i].class);
	free(cycle->sample);
	list_release(&cycle->team);
	list_release(&cycle->matters);
	free(cycle->beacon_witness);
	free(cycle->beacon_label);
	free(cycle->beacon_symbols);
}

static void
witness_release(struct config_witness *witness)
{
	free(witness->name);
	free(witness->key);
	free(witness->url);
}

static void
texts_release(struct config *config)
{
	char *const texts[] = {
	    config->path,
	    config->dir,
	    config->origin,
	    config->operator,
	    config->timezone,
	    config->language,
	    config->state_dir,
	    config->public_dir,
	    config->public_url,
	    config->admin,
	    config->metrics_dir,
	    config->country,
	    config->mail_server,
	    config->mail_host,
	    config->maildir,
	    config->mail_from_name,
	    config->mail_from,
	    config->mail_user,
	    config->mail_password_file,
	    config->mail_ca_file,
	    config->mail_certificates,
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		free(texts[i]);
}

void
config_release(struct config *config)
{
	if (config == NULL)
		return;
	texts_release(config);
	list_release(&config->calendar_files);
	list_release(&config->beacon_urls);
	for (size_t i = 0; i < config->n_witnesses; i++)
		witness_release(&config->witnesses[i]);
	free(config->witnesses);
	for (size_t i = 0; i < config->n_cycles; i++)
		cycle_release(&config->cycles[i]);
	free(config->cycles);
	*config = (struct config){0};
}

/* ---- look-ups ---- */

const struct config_cycle *
config_cycle(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_cycles; i++)
		if (strcmp(config->cycles[i].name, name) == 0)
			return &config->cycles[i];
	return NULL;
}

bool
config_has_timetable(const struct config *config)
{
	for (size_t i = 0; i < config->n_cycles; i++)
		if (config->cycles[i].rule.when != WHEN_MANUAL)
			return true;
	return false;
}

const struct config_witness *
config_witness(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_witnesses; i++)
		if (strcmp(config->witnesses[i].name, name) == 0)
			return &config->witnesses[i];
	return NULL;
}
