/* The names of checks, states and classes, and the calls that pass a checker's findings on. */
#include "core/log/report.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const check_names[CHECK_COUNT] = {"signature", "tree", "append-only", "sequence", "order",
    "checkpoints", "files", "drum", "strata", "history", "chain", "beacon", "seed", "selection", "inspectors", "teams",
    "visits", "matters", "record", "amendments", "receipt", "letter"};

const char *
check_name(enum check check)
{
	return check_names[check];
}

const char *
check_state_name(enum check_state state)
{
	static const char *const names[] = {N_("not run"), N_("ok"), N_("FAILED"), N_("sealed")};

	return names[state];
}

const char *
assurance_name(enum assurance assurance)
{
	static const char *const names[] = {"none", "pending", "pending", "unknown", "C", "B-if-independent", "B",
	    "unchecked-if-independent", "unchecked"};

	return names[assurance];
}

const char *
assurance_words(enum assurance assurance)
{
	switch (assurance) {
	case ASSURANCE_NONE:
		return N_("no class: it was voided without a beacon value");
	case ASSURANCE_PENDING:
		return N_("class pending: there is no outcome yet");
	case ASSURANCE_PENDING_C:
		return N_(
		    "class pending, C at best: there is no outcome yet, and no witness or beacon binds the operator");
	case ASSURANCE_UNKNOWN:
		return N_("no class: a check has failed");
	case ASSURANCE_C:
		return N_("class C: you have to believe the operator");
	case ASSURANCE_B_IF:
		return N_("class B, if the witnesses below are independent of the operator: once the lists were fixed, "
		          "nobody could "
		          "choose the result");
	case ASSURANCE_B:
		return N_("class B: once the lists were fixed, nobody could choose the result");
	case ASSURANCE_A_UNRUN_IF:
		return N_("class open: the beacon's BLS signature was not run here, verify.html runs it; the rest "
		          "holds, if the "
		          "witnesses below are independent of the operator");
	case ASSURANCE_A_UNRUN:
		return N_(
		    "class open: the beacon's BLS signature was not run here, verify.html runs it; the rest holds");
	}
	return "";
}

void
report_check(struct report *report, uint64_t n, enum check check, enum check_state state, const char *detail)
{
	report->failures += state == CHECK_FAILED;
	if (report->check != NULL)
		report->check(report->ctx, n, check, state, detail);
}

/* As in err.c: msgfmt --check compares the catalogue's formats with ours. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

void
report_note(struct report *report, uint64_t n, const char *format, ...)
{
	char message[ERR_MESSAGE_BYTES];
	va_list args;

	if (report->note == NULL)
		return;
	va_start(args, format);
	(void)vsnprintf(message, sizeof message, report->tr != NULL ? report->tr(format) : format, args);
	va_end(args);
	report->note(report->ctx, n, message);
}

#pragma GCC diagnostic pop
