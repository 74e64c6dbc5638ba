/* The words of the pages in both languages: states, assurance classes, strata, titles. */
#include "publish/words.h"

#include "system/clock.h"

const char *
site_state(const struct draw_row *row, bool chinese)
{
	if (row->outcome == OUTCOME_VOID)
		return row->revealed ? chinese ? "已作废，已启封" : "voided, open" : chinese ? "已作废" : "voided";
	if (row->revealed)
		return chinese ? "已抽取，已启封" : "drawn, open";
	if (row->outcome == OUTCOME_NONE)
		return chinese ? "已承诺，尚未抽取" : "committed, not drawn yet";
	return chinese ? "已抽取，结果封存" : "drawn, sealed";
}

/*
 * The operator cannot know whether witnesses are independent: the words leave that to the reader.  They leave the
 * check of drand's signature to verify.html.
 */
const char *
site_class(enum assurance assurance, bool chinese)
{
	switch (assurance) {
	case ASSURANCE_PENDING:
	case ASSURANCE_PENDING_C:
		return chinese ? "可信程度：抽取之后才能确定" : "assurance: known once it is drawn";
	case ASSURANCE_NONE:
		return chinese ? "可信程度：无，没有抽取" : "assurance: none, nothing was drawn";
	case ASSURANCE_UNKNOWN:
	case ASSURANCE_C:
		return chinese ? "等级 C：只能相信组织者" : "class C: you have to believe the operator";
	case ASSURANCE_B:
	case ASSURANCE_B_IF:
		return chinese ? "等级 B：名单固定之后，任何人都无法挑选结果，前提是见证人独立于组织者"
		               : "class B: once the lists were fixed, nobody could choose the result, if the witnesses "
		                 "are independent of the operator";
	case ASSURANCE_A_UNRUN:
	case ASSURANCE_A_UNRUN_IF:
		return chinese
		    ? "具备等级 A "
		      "的全部条件：名单固定之后，任何人都无法挑选结果，前提是见证人独立于组织者；随机源的签名由 "
		      "verify.html 核对"
		    : "all that class A needs is here: once the lists were fixed, nobody could choose the result, if "
		      "the witnesses are independent "
		      "of the "
		      "operator; verify.html checks the beacon's signature";
	}
	return "";
}

struct slice
site_stratum(const struct commit *commit, struct slice class, bool chinese)
{
	if (class.n == 0)
		return slice_of(chinese ? "（无类别）" : "(no class)");
	if (!slice_is(class, "*"))
		return class;
	if (commit->n_strata == 1)
		return slice_of(chinese ? "全部对象" : "all targets");
	return slice_of(chinese ? "其他各类" : "all other classes");
}

struct slice
site_title(const struct config *config, const char *cycle)
{
	const struct config_cycle *c = config_cycle(config, cycle);

	return slice_of(c == NULL ? cycle : c->title);
}

void
site_put_time(struct template_row *row, const char *name, int64_t time)
{
	char text[CLOCK_TEXT];

	clock_text(time, text);
	template_put(row, name, slice_of(text));
}
