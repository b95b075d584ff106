"""What people call their time zones: habits, old names, cities and abbreviations that mislead."""

SHORT = {
    "America/New_York": "ET",
    "America/Chicago": "CT",
    "America/Denver": "MT",
    "America/Los_Angeles": "PT",
    "Europe/London": "UK",
}
"""The habitual short name of a zone, as in 8:00 pm ET."""

_CALLED = """
America/New_York: et eastern us_eastern boston washington washington_dc philadelphia atlanta miami
America/New_York: orlando pittsburgh
America/New_York: nyc baltimore charlotte cleveland
America/Chicago: ct central us_central houston dallas austin san_antonio new_orleans st_louis
America/Chicago: minneapolis milwaukee
America/Chicago: nashville memphis kansas_city
America/Denver: mt mountain us_mountain salt_lake_city albuquerque
America/Los_Angeles: pt pacific us_pacific san_francisco seattle las_vegas san_diego la sacramento portland
America/Anchorage: us_alaska alaska
Pacific/Honolulu: us_hawaii hawaii hst
America/Phoenix: us_arizona arizona
America/Detroit: us_michigan
America/Halifax: canada_atlantic atlantic
America/St_Johns: canada_newfoundland newfoundland
America/Toronto: canada_eastern montreal ottawa quebec
America/Winnipeg: canada_central
America/Edmonton: canada_mountain calgary
America/Vancouver: canada_pacific
America/Regina: canada_saskatchewan
America/Mexico_City: mexico_general
America/Sao_Paulo: brazil_east brasilia rio rio_de_janeiro
America/Argentina/Buenos_Aires: america_buenos_aires buenos_aires argentina
America/Santiago: chile_continental
America/Havana: cuba
Atlantic/Reykjavik: iceland
Europe/London: uk gb gb-eire britain england scotland wales manchester birmingham edinburgh
Europe/London: glasgow cardiff leeds
Europe/Dublin: eire ireland cork
Europe/Lisbon: portugal porto
Europe/Madrid: spain barcelona
Europe/Paris: france lyon
Europe/Rome: italy milan
Europe/Berlin: germany munich hamburg cologne frankfurt
Europe/Zurich: switzerland geneva bern
Europe/Amsterdam: netherlands
Europe/Warsaw: poland
Europe/Kyiv: europe_kiev kiev
Europe/Moscow: w-su
Europe/Istanbul: turkey asia_istanbul ankara
Africa/Cairo: egypt
Africa/Johannesburg: south_africa cape_town
Africa/Lagos: nigeria abuja
Africa/Nairobi: kenya
Asia/Jerusalem: israel tel_aviv asia_tel_aviv
Asia/Tehran: iran
Asia/Dubai: abu_dhabi
Asia/Kolkata: asia_calcutta calcutta india delhi new_delhi mumbai bangalore bengaluru chennai hyderabad
Asia/Kathmandu: asia_katmandu katmandu nepal
Asia/Dhaka: asia_dacca bangladesh
Asia/Yangon: asia_rangoon rangoon
Asia/Ho_Chi_Minh: asia_saigon saigon
Asia/Singapore: singapore
Asia/Hong_Kong: hongkong
Asia/Shanghai: prc china beijing asia_chongqing asia_harbin
Asia/Taipei: roc taiwan
Asia/Seoul: rok korea
Asia/Tokyo: japan osaka
Australia/Sydney: australia_act australia_nsw australia_canberra canberra
Australia/Melbourne: australia_victoria
Australia/Brisbane: australia_queensland
Australia/Adelaide: australia_south
Australia/Perth: australia_west
Australia/Darwin: australia_north
Australia/Hobart: australia_tasmania
Australia/Lord_Howe: australia_lhi
Pacific/Auckland: nz new_zealand wellington christchurch
"""


def _by_call(table: str) -> dict[str, str]:
    rows = (line.split(": ") for line in table.strip().splitlines())
    return {call: name for name, calls in rows for call in calls.split()}


CALLED = _by_call(_CALLED)
"""IANA names by what people say (lower case, underscores for spaces and slashes)."""

FIXED = {
    "est": ("America/New_York",),
    "edt": ("America/New_York",),
    "est5edt": ("America/New_York",),
    "cdt": ("America/Chicago",),
    "cst6cdt": ("America/Chicago",),
    "mst": ("America/Denver", "America/Phoenix"),
    "mdt": ("America/Denver",),
    "mst7mdt": ("America/Denver",),
    "pst": ("America/Los_Angeles",),
    "pdt": ("America/Los_Angeles",),
    "pst8pdt": ("America/Los_Angeles",),
    "gmt": ("Europe/London", "UTC"),
    "cet": ("Europe/Paris", "Europe/Berlin"),
    "cest": ("Europe/Paris", "Europe/Berlin"),
    "met": ("Europe/Berlin",),
    "eet": ("Europe/Athens", "Europe/Helsinki"),
    "wet": ("Europe/Lisbon",),
    "aest": ("Australia/Sydney", "Australia/Brisbane"),
    "aedt": ("Australia/Sydney",),
    "nzst": ("Pacific/Auckland",),
    "nzdt": ("Pacific/Auckland",),
}
"""Abbreviations that name one half of the year, and the places that people mean by them."""

MANY = {
    "cst": ("America/Chicago", "Asia/Shanghai", "America/Havana"),
    "ist": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "bst": ("Europe/London", "Asia/Dhaka"),
    "ast": ("America/Halifax", "Asia/Riyadh"),
}
"""Abbreviations that name several places."""

AT_OFFSET = {
    "-10": ("Pacific/Honolulu",),
    "-9": ("America/Anchorage",),
    "-8": ("America/Los_Angeles",),
    "-7": ("America/Denver", "America/Phoenix"),
    "-6": ("America/Chicago", "America/Mexico_City"),
    "-5": ("America/New_York", "America/Bogota"),
    "-4": ("America/Halifax", "America/La_Paz"),
    "-3": ("America/Sao_Paulo",),
    "-3:30": ("America/St_Johns",),
    "-0": ("Europe/London", "UTC"),
    "+0": ("Europe/London", "UTC"),
    "+1": ("Europe/Paris", "Africa/Lagos"),
    "+2": ("Europe/Athens", "Africa/Johannesburg"),
    "+3": ("Europe/Istanbul", "Africa/Nairobi"),
    "+3:30": ("Asia/Tehran",),
    "+4": ("Asia/Dubai",),
    "+5": ("Asia/Karachi", "Asia/Tashkent"),
    "+5:30": ("Asia/Kolkata", "Asia/Colombo"),
    "+5:45": ("Asia/Kathmandu",),
    "+6": ("Asia/Dhaka",),
    "+7": ("Asia/Bangkok",),
    "+8": ("Asia/Singapore", "Australia/Perth"),
    "+9": ("Asia/Tokyo",),
    "+9:30": ("Australia/Adelaide", "Australia/Darwin"),
    "+10": ("Australia/Brisbane", "Australia/Sydney"),
    "+12": ("Pacific/Auckland",),
}
"""Places by hours east of Greenwich, outside summer time, to suggest when somebody writes an offset."""
