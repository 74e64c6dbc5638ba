/* The page templates of daemon/site, embedded in the program. */
#include "publish/templates.h"

/*
 * As #embed in C23.  The paths are relative to daemon/, which is an include path for the assembler too.  The Makefile
 * has the dependency of this object on the files.
 */
#define EMBED(name, path)                                                           \
	__asm__(".pushsection .rodata\n"                                            \
	        ".global " #name "_begin\n" #name "_begin:\n.incbin \"" path "\"\n" \
	        ".global " #name "_end\n" #name "_end:\n.byte 0\n.popsection\n");   \
	extern const char name##_begin[] __attribute__((visibility("hidden")));     \
	extern const char name##_end[] __attribute__((visibility("hidden")))

EMBED(site_embedded_verify, "site/verify.html");
EMBED(site_embedded_index_zh, "site/pages/zh_CN/index.html");
EMBED(site_embedded_index_en, "site/pages/en/index.html");
EMBED(site_embedded_draw_zh, "site/pages/zh_CN/draw.html");
EMBED(site_embedded_draw_en, "site/pages/en/draw.html");
EMBED(site_embedded_receipt_zh, "site/pages/zh_CN/receipt.html");
EMBED(site_embedded_receipt_en, "site/pages/en/receipt.html");

static struct slice
between(const char *begin, const char *end)
{
	return (struct slice){begin, (size_t)(end - begin)};
}

struct slice
site_verify_page(void)
{
	return between(site_embedded_verify_begin, site_embedded_verify_end);
}

struct slice
site_index_template(bool chinese)
{
	return chinese ? between(site_embedded_index_zh_begin, site_embedded_index_zh_end)
	               : between(site_embedded_index_en_begin, site_embedded_index_en_end);
}

struct slice
site_draw_template(bool chinese)
{
	return chinese ? between(site_embedded_draw_zh_begin, site_embedded_draw_zh_end)
	               : between(site_embedded_draw_en_begin, site_embedded_draw_en_end);
}

struct slice
site_receipt_template(bool chinese)
{
	return chinese ? between(site_embedded_receipt_zh_begin, site_embedded_receipt_zh_end)
	               : between(site_embedded_receipt_en_begin, site_embedded_receipt_en_end);
}
