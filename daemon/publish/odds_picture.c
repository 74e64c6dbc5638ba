/* Draws the picture of the chances in a revealed draw as SVG, and describes it in words. */
#include "publish/odds_picture.h"

#include <math.h>
#include <stdlib.h>

#include "ledger/ledger.h"
#include "publish/words.h"
#include "text/html.h"
#include "text/table.h"

#define WIDTH 360
#define BAR_AT 146
#define BAR_WIDTH 152 /* of a chance of 1 */
#define ROW 20
#define HEADING 50 /* height of the heading of a class: its name, and how many were drawn */
#define TOP 2
#define BARS_MAX 200
#define WORDS_MAX 40 /* bars that the text describes */
#define NAME_COLUMNS 44

const char *
site_odds_name(bool chinese)
{
	return chinese ? "odds-zh.svg" : "odds-en.svg";
}

int
site_odds_read(struct store *store, const struct draw_row *row, struct site_odds *odds, struct err *err)
{
	struct roster roster = {0};
	struct buf targets;
	int rc;

	*odds = (struct site_odds){0};
	rc = ledger_entry(store, row->commit_entry, &odds->bytes, err);
	if (rc == 0)
		rc = entry_parse(buf_view(&odds->bytes), &odds->entry, err);
	if (rc != 0)
		return rc;
	odds->strata = calloc(odds->entry.commit.n_strata + 1, sizeof *odds->strata);
	if (odds->strata == NULL) {
		entry_release(&odds->entry);
		return err_memory(err);
	}
	rc = draw_file_get(store, row->n, "targets.csv", &targets, err);
	if (rc == 0)
		rc = roster_parse_targets(&roster, buf_view(&targets), "targets.csv", odds->entry.commit.date, NULL,
		    err);
	if (rc == 0)
		rc = draw_file_get(store, row->n, "sealed.json", &odds->sealed_bytes, err);
	if (rc == 0)
		rc = sealed_parse(buf_view(&odds->sealed_bytes), &odds->sealed, err);
	if (rc == 0)
		inclusion_strata(&odds->entry.commit, &odds->sealed, &roster, odds->strata);
	roster_release(&roster);
	buf_release(&targets);
	return rc;
}

void
site_odds_release(struct site_odds *odds)
{
	if (odds->strata != NULL)
		entry_release(&odds->entry);
	sealed_release(&odds->sealed);
	buf_release(&odds->sealed_bytes);
	free(odds->strata);
	buf_release(&odds->bytes);
}

/* ---- words ---- */

/* As much of a name as fits its line of NAME_COLUMNS. */
static struct slice
fit_name(struct slice text, bool *ret_cut)
{
	struct slice left = text;
	size_t columns = 0, n;
	uint32_t c;

	while ((n = text_next(left, &c)) > 0) {
		columns += table_width((struct slice){left.p, n});
		if (columns > NAME_COLUMNS)
			break;
		left = (struct slice){left.p + n, left.n - n};
	}
	*ret_cut = left.n > 0;
	return (struct slice){text.p, text.n - left.n};
}

static void
put_chance_percent(struct buf *out, double chance)
{
	unsigned long long hundredths = (unsigned long long)llround(chance * 10000);

	buf_format(out, "%llu.%02llu %%", hundredths / 100, hundredths % 100);
}

/* "first · 3 slips × 12": twelve targets with three slips each, drawn before the others. */
static void
put_group(struct buf *out, unsigned weight, uint64_t n, bool first, bool chinese)
{
	if (first)
		buf_text(out, chinese ? "优先 · " : "first · ");
	if (chinese)
		buf_format(out, "%u 签 × %llu 个", weight, (unsigned long long)n);
	else
		buf_format(out, "%u %s × %llu", weight, weight == 1 ? "slip" : "slips", (unsigned long long)n);
}

static void
put_drawn_counts(struct buf *out, const struct sealed_stratum *s, bool chinese)
{
	buf_format(out, chinese ? "%llu 个参加，抽取 %llu 个" : "%llu took part, %llu were drawn",
	    (unsigned long long)s->drum, (unsigned long long)s->take);
}

/* ---- the bars ---- */

struct bar {
	const struct sealed_stratum *stratum;
	bool begins_class; /* its class has a heading above it */
	bool first;        /* these targets were drawn before the others */
	unsigned weight;
	uint64_t n;
	double chance;
};

/* Lists up to `max` bars in the order of the classes, and returns how many; `ret_more`: how many were left out. */
static size_t
list_bars(const struct site_odds *odds, struct bar *bars, size_t max, size_t *ret_more)
{
	size_t n = 0;

	*ret_more = 0;
	for (size_t s = 0; s < odds->entry.commit.n_strata; s++) {
		bool begins_class = true;

		for (int part = 0; part < 2; part++)
			for (unsigned w = 1; w <= WEIGHT_MAX; w++) {
				if (odds->strata[s].n[part][w] == 0)
					continue;
				if (n == max) {
					++*ret_more;
					continue;
				}
				bars[n++] = (struct bar){&odds->sealed.strata[s], begins_class, part == 0, w,
				    odds->strata[s].n[part][w], odds->strata[s].chance[part][w]};
				begins_class = false;
			}
	}
	return n;
}

static void
put_more_rows(struct buf *out, size_t more, bool chinese)
{
	buf_format(out, chinese ? "另有 %zu 行" : "and %zu more", more);
}

void
site_odds_words(const struct site_odds *odds, bool chinese, struct buf *out)
{
	struct bar bars[WORDS_MAX];
	size_t more, n = list_bars(odds, bars, WORDS_MAX, &more);

	buf_text(out, chinese ? "各类对象被抽中的机会：" : "The chance of each target to be drawn: ");
	for (size_t i = 0; i < n; i++) {
		if (bars[i].begins_class) {
			buf_text(out, i == 0 ? "" : chinese ? "；" : "; ");
			buf_slice(out, site_stratum(&odds->entry.commit, bars[i].stratum->class, chinese));
			buf_text(out, chinese ? "：" : ": ");
		} else {
			buf_text(out, chinese ? "，" : ", ");
		}
		put_group(out, bars[i].weight, bars[i].n, bars[i].first, chinese);
		buf_byte(out, ' ');
		put_chance_percent(out, bars[i].chance);
	}
	if (more > 0) {
		buf_text(out, chinese ? "；" : "; ");
		put_more_rows(out, more, chinese);
	}
}

/* ---- the picture ---- */

static void
put_heading(struct buf *out, const struct commit *commit, const struct sealed_stratum *s, unsigned at, bool chinese)
{
	bool shorter = false;

	buf_format(out, "<text class=\"h\" x=\"0\" y=\"%u\">", at + 22);
	buf_text(out, s->class.n == 0 || slice_is(s->class, "*") ? "" : chinese ? "类别 " : "Class ");
	html_put(out, fit_name(site_stratum(commit, s->class, chinese), &shorter));
	buf_text(out, shorter ? "…</text>\n" : "</text>\n");
	buf_format(out, "<text class=\"s\" x=\"0\" y=\"%u\">", at + 40);
	put_drawn_counts(out, s, chinese);
	buf_text(out, "</text>\n");
}

static void
put_bar(struct buf *out, const struct bar *bar, unsigned at, bool chinese)
{
	buf_format(out, "<text x=\"0\" y=\"%u\">", at + 14);
	put_group(out, bar->weight, bar->n, bar->first, chinese);
	buf_format(out, "</text>\n<rect class=\"t\" x=\"%d\" y=\"%u\" width=\"%d\" height=\"12\"/>\n", BAR_AT, at + 4,
	    BAR_WIDTH);
	buf_format(out, "<rect class=\"b\" x=\"%d\" y=\"%u\" width=\"%ld\" height=\"12\"/>\n", BAR_AT, at + 4,
	    lround(bar->chance * BAR_WIDTH));
	buf_format(out, "<text class=\"n\" x=\"%d\" y=\"%u\">", WIDTH, at + 14);
	put_chance_percent(out, bar->chance);
	buf_text(out, "</text>\n");
}

static unsigned
picture_height(const struct bar *bars, size_t n, size_t more)
{
	unsigned at = TOP;

	for (size_t i = 0; i < n; i++)
		at += bars[i].begins_class ? HEADING + ROW : ROW;
	return at + (more > 0 ? ROW : 0) + 4;
}

static void
put_svg_head(struct buf *out, const struct site_odds *odds, unsigned height, bool chinese)
{
	struct buf words;

	buf_init(&words, (size_t)1 << 20);
	site_odds_words(odds, chinese, &words);
	buf_format(out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %u\" width=\"%d\" height=\"%u\" role=\"img\" "
	    "aria-labelledby=\"title desc\" xml:lang=\"%s\">\n<title id=\"title\">%s</title>\n<desc id=\"desc\">",
	    WIDTH, height, WIDTH, height, chinese ? "zh-CN" : "en",
	    chinese ? "各类对象被抽中的机会" : "The chance of each target to be drawn");
	html_put(out, buf_view(&words));
	out->failed |= words.failed;
	buf_release(&words);
	buf_text(out,
	    "</desc>\n<style>\n"
	    "text { font: 12px -apple-system, \"Segoe UI\", Roboto, \"PingFang SC\", \"Microsoft YaHei\", "
	    "\"Noto Sans CJK SC\", sans-serif; fill: #1a1a1a; }\n"
	    ".h { font-size: 14px; font-weight: 600; }\n.s { fill: #555; }\n.n { text-anchor: end; }\n"
	    ".t { fill: #8883; }\n.b { fill: #2f6db3; }\n"
	    "@media (prefers-color-scheme: dark) { text { fill: #eee; } .s { fill: #bbb; } .b { fill: #8ab4f8; } }\n"
	    "@media print { text { fill: #000; } }\n</style>\n");
}

void
site_odds_svg(const struct site_odds *odds, bool chinese, struct buf *out)
{
	struct bar bars[BARS_MAX];
	size_t more, n = list_bars(odds, bars, BARS_MAX, &more);
	unsigned at = TOP;

	put_svg_head(out, odds, picture_height(bars, n, more), chinese);
	for (size_t i = 0; i < n; i++) {
		if (bars[i].begins_class) {
			put_heading(out, &odds->entry.commit, bars[i].stratum, at, chinese);
			at += HEADING;
		}
		put_bar(out, &bars[i], at, chinese);
		at += ROW;
	}
	if (more > 0) {
		buf_format(out, "<text class=\"s\" x=\"0\" y=\"%u\">", at + 14);
		put_more_rows(out, more, chinese);
		buf_text(out, "</text>\n");
	}
	buf_text(out, "</svg>\n");
}
