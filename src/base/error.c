#include "base/base.h"

G_DEFINE_QUARK(phieu - error - quark, phieu_error)
