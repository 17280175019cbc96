/* Building JSON with json-glib, for the rooms that speak it: what is set goes into the object being built. In
 * come plain values, out goes text. */
#ifndef PHIEU_JSON_JSON_H
#define PHIEU_JSON_JSON_H

#include <json-glib/json-glib.h>

#include "base/base.h"

/* Sets a member of the object being built; a NULL text is null. */
void json_set_text(JsonBuilder *builder, const char *name, const char *value);
void json_set_int(JsonBuilder *builder, const char *name, gint64 value);
void json_set_number(JsonBuilder *builder, const char *name, double value);
void json_set_bool(JsonBuilder *builder, const char *name, bool value);
/* Begins a member that is an array, or an object; it is ended by the library's own call. */
void json_begin_array(JsonBuilder *builder, const char *name);
void json_begin_object(JsonBuilder *builder, const char *name);
/* The text of what was built and ended, over several lines where it is for people's eyes too; frees the
 * builder. Newly allocated. */
char *json_take_text(JsonBuilder *builder, bool pretty);

#endif
