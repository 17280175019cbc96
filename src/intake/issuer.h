/* Whether this workspace gave out a page, by its code; inside the room only. */
#ifndef PHIEU_INTAKE_ISSUER_H
#define PHIEU_INTAKE_ISSUER_H

#include "register/register.h"
#include "store/store.h"

/* What the workspace issued, as it stands when a run begins: workers must not touch the database. */
typedef struct Issuer Issuer;

/* `store` must outlive it, its database not be used through it. */
Issuer *issuer_new(Store *store, GError **error);
void issuer_free(Issuer *issuer);
/* REGISTER_OK, or why a page of that code is not taken: OTHER_STATION, NO_STATION or FORGED. What was made of
 * a number in print has no seal, and is as good as the station it names. A sealed code whose serial the
 * roster lacks (a backup was put back) is fine; its ballot is held. */
RegisterReason issuer_check(const Issuer *issuer, const PageCode *code);

#endif
