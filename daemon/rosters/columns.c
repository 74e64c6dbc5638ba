/* The table of the rosters' columns, and how a kind or a column is found by name. */
#include "rosters/columns.h"

#include <strings.h>

#define KEY COLUMN_KEY, true
#define PUBLIC COLUMN_PUBLIC, false
#define PRIVATE COLUMN_PRIVATE, false
#define NEEDED COLUMN_PRIVATE, true
#define NUMBER true

const struct columns roster_columns[ROSTER_KINDS] = {
    [ROSTER_TARGETS] = {"targets", "target",
        {
            {"id", "编号|代码", COLUMN_ID, KEY, false},
            {"class", "类别|风险等级|分类", COLUMN_SPELLED, PUBLIC, false},
            {"unit", "单位|所在单位|工作单位", COLUMN_SPELLED, PUBLIC, false},
            {"area", "区域|辖区|属地", COLUMN_SPELLED, PUBLIC, false},
            {"level", "级别|职级", COLUMN_LEVEL, PUBLIC, NUMBER},
            {"needs", "所需|所需标签|所需专长", COLUMN_TAG, PUBLIC, false},
            {"weight", "权重", COLUMN_WEIGHT, PUBLIC, NUMBER},
            {"since", "入册日期|入库日期", COLUMN_SINCE, PUBLIC, NUMBER},
            {"name", "名称|姓名", COLUMN_NAME, NEEDED, false},
            {"kind", "类型", COLUMN_FREE, PRIVATE, false},
            {"batch", "批次", COLUMN_FREE, PRIVATE, false},
            {"post", "职务|岗位", COLUMN_FREE, PRIVATE, false},
            {"address", "地址", COLUMN_FREE, PRIVATE, false},
            {"phone", "电话|联系电话", COLUMN_FREE, PRIVATE, false},
            {"email", "邮箱|电子邮箱", COLUMN_EMAIL, PRIVATE, false},
        },
        15, 8, 1, false},
    [ROSTER_INSPECTORS] = {"inspectors", "inspector",
        {
            {"id", "编号|代码", COLUMN_ID, KEY, false},
            {"unit", "单位|所在单位|工作单位", COLUMN_SPELLED, PUBLIC, false},
            {"area", "区域|辖区|属地", COLUMN_SPELLED, PUBLIC, false},
            {"level", "级别|职级", COLUMN_LEVEL, PUBLIC, NUMBER},
            {"tags", "标签", COLUMN_TAGS, PUBLIC, false},
            {"name", "姓名|名称", COLUMN_NAME, NEEDED, false},
            {"email", "邮箱|电子邮箱", COLUMN_EMAIL, NEEDED, false},
            {"phone", "电话|联系电话", COLUMN_FREE, PRIVATE, false},
            {"language", "语言", COLUMN_LANGUAGE, PRIVATE, false},
        },
        9, 5, 1, false},
    [ROSTER_CONFLICTS] = {"conflicts", "conflict",
        {
            {"inspector", "检查人员|检查人员编号", COLUMN_INSPECTOR, KEY, false},
            {"scope", "范围", COLUMN_SCOPE, KEY, false},
            {"value", "值|回避对象", COLUMN_TEXT, KEY, false},
            {"reason", "理由|原因", COLUMN_FREE, PRIVATE, false},
        },
        4, 3, 3, false},
    [ROSTER_MATTERS] = {"matters", "matter",
        {
            {"id", "编号|代码", COLUMN_ID, KEY, false},
            {"name", "名称|事项", COLUMN_NAME, NEEDED, false},
            {"checklist", "核查清单|检查清单", COLUMN_FREE, PRIVATE, false},
            {"legal_basis", "依据|法律依据", COLUMN_FREE, PRIVATE, false},
        },
        4, 1, 1, false},
    [ROSTER_CONTACTS] = {"contacts", "contact",
        {
            {"target", "对象|对象编号|检查对象", COLUMN_TARGET, KEY, false},
            {"level", "级别|层级", COLUMN_RANK, KEY, NUMBER},
            {"name", "姓名|名称", COLUMN_NAME, KEY, false},
            {"email", "邮箱|电子邮箱", COLUMN_EMAIL, NEEDED, false},
        },
        4, 3, 3, false},
    [ROSTER_LEAVE] = {"leave", "leave",
        {
            {"inspector", "检查人员|检查人员编号", COLUMN_INSPECTOR, KEY, false},
            {"from", "开始日期|起始日期|起", COLUMN_DAY, KEY, NUMBER},
            {"to", "结束日期|截止日期|止", COLUMN_LAST_DAY, COLUMN_PUBLIC, true, NUMBER},
            {"reason", "理由|原因|事由", COLUMN_FREE, PRIVATE, false},
        },
        4, 3, 2, true},
};

bool
roster_kind_parse(struct slice name, enum roster_kind *ret_kind)
{
	for (int kind = 0; kind < ROSTER_KINDS; kind++) {
		if (slice_is(name, roster_columns[kind].kind)) {
			*ret_kind = (enum roster_kind)kind;
			return true;
		}
	}
	return false;
}

static bool
is_synonym(struct slice word, const char *words)
{
	struct slice rest = slice_of(words);

	while (rest.p != NULL)
		if (slice_eq(slice_cut(&rest, '|'), word))
			return true;
	return false;
}

ptrdiff_t
roster_column_find(enum roster_kind kind, struct slice header)
{
	const struct columns *columns = &roster_columns[kind];

	for (size_t i = 0; i < columns->n; i++) {
		const struct column *column = &columns->column[i];

		if (header.n == strlen(column->name) && strncasecmp(header.p, column->name, header.n) == 0)
			return (ptrdiff_t)i;
		if (is_synonym(header, column->chinese))
			return (ptrdiff_t)i;
	}
	return -1;
}
