#include "table/package.h"

#include <cstring>
#include <memory>

#include "table/cells.h"

namespace
{

constexpr const char root_relations[] = "_rels/.rels";

struct Archive {
    zip_source_t *source = nullptr;
    zip_t *zip = nullptr;

    ~Archive()
    {
        if (zip)
            zip_discard(zip);
        if (source)
            zip_source_free(source);
    }
};

void add_part(zip_t *to, const char *name, const std::string &bytes)
{
    char *copy = static_cast<char *>(g_memdup2(bytes.data(), bytes.size()));
    zip_source_t *part = zip_source_buffer(to, copy, bytes.size(), 1);
    if (!part)
        g_free(copy);
    zip_int64_t place = part ? zip_file_add(to, name, part, ZIP_FL_ENC_UTF_8) : -1;
    if (part && place < 0)
        zip_source_free(part);
    if (place < 0 || zip_set_file_compression(to, zip_uint64_t(place), ZIP_CM_STORE, 0) < 0)
        throw std::runtime_error(name);
}

/* What was written into a source in memory. */
std::string take_bytes(zip_source_t *source)
{
    zip_stat_t info;
    if (zip_source_stat(source, &info) < 0 || !(info.valid & ZIP_STAT_SIZE) || zip_source_open(source) < 0)
        throw std::runtime_error(root_relations);
    std::string bytes(info.size, '\0');
    zip_int64_t length = zip_source_read(source, bytes.data(), info.size);
    zip_source_close(source);
    if (length != zip_int64_t(info.size))
        throw std::runtime_error(root_relations);
    return bytes;
}

/* Namespaces of the strict form, and the same of the form orcus knows. */
constexpr struct {
    const char *strict, *plain;
} namespaces[] = {
    {"http://purl.oclc.org/ooxml/spreadsheetml/main",
     "http://schemas.openxmlformats.org/spreadsheetml/2006/main"},
    {"http://purl.oclc.org/ooxml/officeDocument/relationships",
     "http://schemas.openxmlformats.org/officeDocument/2006/relationships"},
};

/* The text with another start of the attributes of one name, or of all. */
std::string with_plain(std::string text, const std::string &attribute, const char *from, const char *to)
{
    for (const char *quote : {"\"", "'"}) {
        std::string start = attribute + "=" + quote + from;
        for (size_t at = 0; (at = text.find(start, at)) != text.npos; at++)
            text.replace(at + start.size() - strlen(from), strlen(from), to);
    }
    return text;
}

/* A target from the root of the package means the same without its stroke in the relations that start there.
 */
std::string plain_part(const std::string &name, std::string text)
{
    for (const auto &space : namespaces)
        text = with_plain(std::move(text), "", space.strict, space.plain);
    return name == root_relations ? with_plain(std::move(text), "Target", "/", "") : text;
}

bool is_plain(zip_t *package, const std::string &part)
{
    std::string bytes = package_read(package, part);
    return plain_part(part, bytes) == bytes;
}

/* All parts of a workbook unpacked, and how many of them: more is no office file. */
constexpr zip_uint64_t max_unpacked = 256ull * 1024 * 1024;
constexpr zip_int64_t max_parts = 2000;

/* The package's parts, before anything is unpacked. */
void check_size(zip_t *package)
{
    zip_int64_t parts = zip_get_num_entries(package, 0);
    zip_uint64_t unpacked = 0;
    for (zip_int64_t i = 0; i < parts && i < max_parts; i++) {
        zip_stat_t part;
        if (zip_stat_index(package, zip_uint64_t(i), 0, &part) == 0 && (part.valid & ZIP_STAT_SIZE))
            unpacked += MIN(part.size, max_unpacked);
    }
    if (parts > max_parts || unpacked > max_unpacked)
        throw TooLarge("");
}

} // namespace

GPtrArray *package_read_tables(const char *path,
                               const std::function<void(zip_t *package, GPtrArray *tables)> &read,
                               GError **error)
{
    return draft_read(
        path,
        [&](GPtrArray *tables) {
            std::unique_ptr<zip_t, decltype(&zip_discard)> package(
                zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, nullptr), zip_discard);
            if (!package)
                throw std::runtime_error("zip");
            check_size(package.get());
            read(package.get(), tables);
        },
        error);
}

std::string package_read(zip_t *package, const std::string &name)
{
    zip_stat_t info;
    if (zip_stat(package, name.c_str(), 0, &info) != 0 || !(info.valid & ZIP_STAT_SIZE))
        throw std::runtime_error(name);
    std::string bytes(info.size + 1, '\0');
    zip_file_t *file = zip_fopen(package, name.c_str(), 0);
    zip_int64_t length = 0, more = file ? 1 : -1;
    /* To the end and one beyond, where libzip compares size and checksum. */
    while (more > 0 && length <= zip_int64_t(info.size)) {
        more = zip_fread(file, bytes.data() + length, bytes.size() - size_t(length));
        length += MAX(more, 0);
    }
    if (file)
        zip_fclose(file);
    if (more != 0 || length != zip_int64_t(info.size))
        throw std::runtime_error(name);
    bytes.resize(info.size);
    return bytes;
}

void package_check_xml(const std::string &part, const std::string &text)
{
    static const GMarkupParser nothing = {nullptr, nullptr, nullptr, nullptr, nullptr};
    size_t start = text.compare(0, 3, "\xef\xbb\xbf") == 0 ? 3 : 0;
    g_autoptr(GMarkupParseContext) context =
        g_markup_parse_context_new(&nothing, GMarkupParseFlags(0), nullptr, nullptr);
    if (!g_markup_parse_context_parse(context, text.data() + start, gssize(text.size() - start), nullptr) ||
        !g_markup_parse_context_end_parse(context, nullptr))
        throw std::runtime_error(part);
}

std::string package_for_orcus(zip_t *package)
{
    if (is_plain(package, root_relations) && is_plain(package, cells_find_workbook(package)))
        return "";
    Archive to;
    to.source = zip_source_buffer_create(nullptr, 0, 0, nullptr);
    to.zip = to.source ? zip_open_from_source(to.source, ZIP_TRUNCATE, nullptr) : nullptr;
    if (!to.zip)
        throw std::runtime_error(root_relations);
    zip_source_keep(to.source);
    for (zip_int64_t i = 0; i < zip_get_num_entries(package, 0); i++) {
        const char *name = zip_get_name(package, zip_uint64_t(i), 0);
        if (name && cells_is_read(name))
            add_part(to.zip, name, plain_part(name, package_read(package, name)));
    }
    if (zip_close(to.zip) < 0)
        throw std::runtime_error(root_relations);
    to.zip = nullptr;
    return take_bytes(to.source);
}
