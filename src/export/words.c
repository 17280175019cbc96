/* What a person reads in a workbook where other programs have an id. */
#include "export/report.h"

typedef struct {
    const char *id, *words;
} Word;

static const Word states[] = {
    {"machine", "máy"}, {"waiting", "chờ duyệt"}, {"person", "người duyệt"}, {NULL, NULL}};

static const Word statuses[] = {{"complete", "đủ trang"},
                                {"incomplete", "thiếu trang"},
                                {"duplicate", "quét trùng"},
                                {"unknown-serial", "số chưa phát hành"},
                                {"rejected", "đã loại"},
                                {"void-serial", "số phiếu đã hủy"},
                                {NULL, NULL}};

static const Word validities[] = {{"valid", "hợp lệ"},
                                  {"partly-valid", "hợp lệ một phần"},
                                  {"invalid", "không hợp lệ"},
                                  {"open", "còn câu chờ duyệt"},
                                  {NULL, NULL}};

static const Word others[] = {
    {"surplus", "thừa so với kế hoạch"}, {"no-cell", "ngoài kế hoạch phát phiếu"}, {NULL, NULL}};

static const Word questions[] = {
    {"one", "chọn một"}, {"many", "chọn nhiều"}, {"digits", "viết số"}, {"text", "viết chữ"}, {NULL, NULL}};

static const Word levels[] = {{"total", "toàn bộ"},
                              {"area", "lĩnh vực"},
                              {"surveyed", "tiêu chí điều tra"},
                              {"appraised", "tiêu chí chấm điểm"},
                              {"not-applicable", "không áp dụng"},
                              {NULL, NULL}};

static const Word actions[] = {{"account", "tài khoản"},
                               {"amend", "sửa định nghĩa"},
                               {"answer", "câu trả lời"},
                               {"assign", "xếp vào nhóm, cơ quan"},
                               {"disagree", "hai người duyệt khác nhau"},
                               {"draw", "rút ngẫu nhiên"},
                               {"duplicate", "bản quét được tính"},
                               {"enter", "nhập tay"},
                               {"feed", "tệp nạp ở bàn làm việc"},
                               {"first-number", "số phiếu đầu tiên"},
                               {"identify", "nêu tên trang"},
                               {"import appraised", "nạp điểm thẩm định"},
                               {"import previous", "nạp chỉ số năm trước"},
                               {"import self", "nạp điểm tự chấm"},
                               {"init", "tạo thư mục làm việc"},
                               {"layout", "mẫu in mới"},
                               {"locked-out", "tạm khóa đăng nhập"},
                               {"print", "in phiếu"},
                               {"redecide", "tính lại câu trả lời"},
                               {"refer", "nhờ xem lại"},
                               {"reject", "đã loại"},
                               {"reprint", "in lại"},
                               {"settle", "đã xử lý"},
                               {"sign-in", "đăng nhập"},
                               {"sign-out", "đăng xuất"},
                               {"station", "trạm in khác"},
                               {"station-export", "xuất danh sách của trạm"},
                               {"text", "chữ viết tay"},
                               {"treat", "cách xử lý"},
                               {"undo", "rút lại"},
                               {"upgrade", "nâng cấp thư mục làm việc"},
                               {"void", "số phiếu đã hủy"},
                               {"waive", "bỏ qua"},
                               {NULL, NULL}};

static const char *find(const Word *words, const char *id)
{
    for (; id && words->id; words++) {
        if (g_str_equal(words->id, id))
            return words->words;
    }
    return NULL;
}

const char *report_words(WordsOf of, const char *id)
{
    static const Word *const lists[] = {
        [WORDS_STATE] = states,       [WORDS_STATUS] = statuses,    [WORDS_VALIDITY] = validities,
        [WORDS_NOT_COUNTED] = others, [WORDS_QUESTION] = questions, [WORDS_LEVEL] = levels,
        [WORDS_ACTION] = actions};
    const char *words = find(lists[of], id);
    if (!words && of == WORDS_NOT_COUNTED) {
        words = find(statuses, id);
        if (!words)
            words = find(validities, id);
    }
    return words;
}
