/* The lines of a draw's places, and the tree over them. */

#include "core/draw/place_line.h"

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/format/place_proof.h"

void
place_line_write(const struct draw_input *input, const struct draw *draw, size_t place, size_t chosen, struct buf *out)
{
	const struct roster *roster = input->roster;
	char nonce[NONCE_HEX + 1], visit[SLOT_TEXT];

	draw_place_nonce(input->secret, place, nonce);
	slot_format(draw->chosen[chosen].visit, visit);
	buf_text(out, "{\"n\":");
	buf_uint(out, input->commit->n);
	buf_text(out, ",\"nonce\":");
	json_put_string(out, slice_of(nonce));
	buf_text(out, ",\"place\":");
	buf_uint(out, place);
	buf_text(out, ",\"target\":");
	json_put_string(out, target_id(&roster->targets[draw->chosen[chosen].target]));
	buf_text(out, ",\"team\":[");
	for (size_t s = 0; s < draw->seats; s++) {
		uint32_t p = draw->order[draw->team[chosen * draw->seats + s]];

		buf_text(out, s == 0 ? "" : ",");
		json_put_string(out, inspector_id(&roster->inspectors[p]));
	}
	buf_text(out, "],\"visit\":");
	json_put_string(out, slice_of(visit));
	buf_byte(out, '}');
}

int
place_lines_tree(const struct draw_input *input, const struct draw *draw, struct merkle *ret_tree, struct err *err)
{
	struct buf line;
	size_t place = 0;
	int rc = 0;

	merkle_init(ret_tree);
	buf_init(&line, PLACE_LINE_MAX);
	for (size_t i = 0; rc == 0 && i < draw->n_chosen; i++) {
		if (!draw->chosen[i].admitted)
			continue;
		buf_clear(&line);
		place_line_write(input, draw, place++, i, &line);
		rc = line.failed ? err_memory(err) : merkle_add(ret_tree, hash_leaf(buf_view(&line)), err);
	}
	buf_release(&line);
	return rc;
}

int
place_lines_root(const struct draw_input *input, const struct draw *draw, char ret_hex[static HASH_HEX + 1],
    struct err *err)
{
	struct merkle tree;
	int rc = place_lines_tree(input, draw, &tree, err);

	if (rc == 0) {
		struct hash root = merkle_prefix_root(&tree, tree.size);

		text_to_hex(root.b, HASH_BYTES, ret_hex);
	}
	merkle_release(&tree);
	return rc;
}
