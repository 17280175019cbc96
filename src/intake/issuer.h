/* Whether this workspace, or a station told to it, gave out a page, by its code; inside the room only. */
#ifndef PHIEU_INTAKE_ISSUER_H
#define PHIEU_INTAKE_ISSUER_H

#include "register/register.h"
#include "store/store.h"

/* What the workspace and the stations told to it issued, as it stands when a run begins: workers must not
 * touch the database. */
typedef struct Issuer Issuer;

/* `store` must outlive it, its database not be used through it. */
Issuer *issuer_new(Store *store, GError **error);
void issuer_free(Issuer *issuer);
/* Tells the registrar which names of stations may stand in a number in print. */
void issuer_name_stations(const Issuer *issuer, Registrar *registrar);
/* REGISTER_OK, or why a page of that code is not taken: OTHER_STATION, NO_STATION or FORGED. What was made of
 * a number in print has no seal, and is as good as the station it names. A sealed code whose serial the
 * roster lacks (a backup was put back, the station issued it after it was told) is fine; its ballot is held.
 */
RegisterReason issuer_check(const Issuer *issuer, const PageCode *code);
/* The station that gave out a page of that code: "" for this workspace. Where the code does not name one,
 * that which issued the number. Owned by the issuer. */
const char *issuer_station(const Issuer *issuer, const PageCode *code);

#endif
