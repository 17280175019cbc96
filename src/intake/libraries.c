/* The libraries that decide with the sources what a page is read as: an upgrade of the machine may bring
 * others. */
#include <link.h>
#include <string.h>

#include "intake/worker.h"

/* What their file names begin with. Those that only carry what was read are none of them. */
static const char *const deciding[] = {"libopencv_", "libZXing", "libzbar", "libtesseract", "liblept",
                                       "libjpeg",    "libtiff",  "libpng",  "libqpdf",      "libpoppler"};

static bool decides(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(deciding); i++) {
        if (g_str_has_prefix(name, deciding[i]))
            return true;
    }
    return false;
}

static size_t padded(size_t length)
{
    return (length + 3) & ~(size_t)3;
}

/* Appends the build ID among the notes, as its maker's linker made it of the library's contents. */
static void add_build_id(GString *text, const char *notes, size_t length)
{
    ElfW(Nhdr) note;
    for (size_t at = 0; at + sizeof note <= length;) {
        memcpy(&note, notes + at, sizeof note);
        size_t name = at + sizeof note, content = name + padded(note.n_namesz);
        at = content + padded(note.n_descsz);
        if (at > length || at < content)
            return;
        if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 || memcmp(notes + name, "GNU", 4) != 0)
            continue;
        g_string_append_c(text, ' ');
        for (size_t i = 0; i < note.n_descsz; i++)
            g_string_append_printf(text, "%02x", (guint8)notes[content + i]);
    }
}

static int take_library(struct dl_phdr_info *library, size_t size, void *found)
{
    (void)size;
    g_autofree char *name = g_path_get_basename(library->dlpi_name);
    if (!decides(name))
        return 0;
    GString *text = g_string_new(name);
    for (int i = 0; i < library->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &library->dlpi_phdr[i];
        if (part->p_type == PT_NOTE)
            add_build_id(text, (const char *)(library->dlpi_addr + part->p_vaddr), part->p_memsz);
    }
    g_ptr_array_add(found, g_string_free(text, FALSE));
    return 0;
}

GPtrArray *reader_libraries(void)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    dl_iterate_phdr(take_library, found);
    g_ptr_array_sort(found, text_compare);
    return found;
}

const char *intake_reader_id(void)
{
    static gsize once;
    static char *id;
    if (g_once_init_enter(&once)) {
        g_autoptr(GPtrArray) libraries = reader_libraries();
        Sha256 *sum = sha256_new();
        for (guint i = 0; i < libraries->len; i++)
            sha256_add_text(sum, libraries->pdata[i]);
        g_autofree char *digest = sha256_end(sum);
        id = g_strdup_printf("%s.%.8s", reader_id, digest);
        g_once_init_leave(&once, 1);
    }
    return id;
}
