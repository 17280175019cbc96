/* A workbook's package in the form orcus reads. */
#include "table/package.h"

#include <memory>
#include <stdexcept>

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

/* Targets from the root of the package ("/xl/workbook.xml") without their stroke: in these relations it means
 * the same. */
std::string plain_targets(std::string relations)
{
    for (const char *start : {"Target=\"/", "Target='/"}) {
        for (size_t at = 0; (at = relations.find(start, at)) != relations.npos;)
            relations.erase(at + std::char_traits<char>::length(start) - 1, 1);
    }
    return relations;
}

} // namespace

std::string package_with_plain_targets(zip_t *package)
{
    std::string relations = cells_read_bytes(package, root_relations), plain = plain_targets(relations);
    if (plain == relations)
        return "";
    Archive to;
    to.source = zip_source_buffer_create(nullptr, 0, 0, nullptr);
    to.zip = to.source ? zip_open_from_source(to.source, ZIP_TRUNCATE, nullptr) : nullptr;
    if (!to.zip)
        throw std::runtime_error(root_relations);
    zip_source_keep(to.source);
    for (zip_int64_t i = 0; i < zip_get_num_entries(package, 0); i++) {
        const char *name = zip_get_name(package, zip_uint64_t(i), 0);
        if (name && g_str_equal(name, root_relations))
            add_part(to.zip, name, plain);
        else if (name && cells_is_read(name))
            add_part(to.zip, name, cells_read_bytes(package, name));
    }
    if (zip_close(to.zip) < 0)
        throw std::runtime_error(root_relations);
    to.zip = nullptr;
    return take_bytes(to.source);
}
