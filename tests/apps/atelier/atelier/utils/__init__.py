import datetime
import zoneinfo

import atelier


def now_datetime():
    return datetime.datetime.now(zoneinfo.ZoneInfo(atelier.local.db.get("settings", "time_zone") or "UTC")).replace(tzinfo=None)
