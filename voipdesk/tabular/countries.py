"""The country calling codes of ITU-T E.164 with plain English names: enough to see which column holds dial codes."""

from functools import lru_cache

_TABLE = """
1 usa,united states,canada,u.s.a.,us|7 russia,russian federation,kazakhstan|20 egypt|27 south africa|30 greece|31 netherlands
32 belgium|33 france|34 spain|36 hungary|39 italy,vatican city|40 romania|41 switzerland|43 austria|44 united kingdom,uk,great britain
45 denmark|46 sweden|47 norway|48 poland|49 germany|51 peru|52 mexico|53 cuba|54 argentina|55 brazil|56 chile|57 colombia|58 venezuela
60 malaysia|61 australia,christmas island,cocos|62 indonesia|63 philippines|64 new zealand|65 singapore|66 thailand|81 japan
82 south korea,korea,korea republic|84 vietnam|86 china|90 turkey|91 india|92 pakistan|93 afghanistan|94 sri lanka|95 myanmar,burma|98 iran
211 south sudan|212 morocco|213 algeria|216 tunisia|218 libya|220 gambia|221 senegal|222 mauritania|223 mali|224 guinea
225 ivory coast,cote d|226 burkina faso|227 niger|228 togo|229 benin|230 mauritius|231 liberia|232 sierra leone|233 ghana|234 nigeria
235 chad|236 central african|237 cameroon|238 cape verde|239 sao tome|240 equatorial guinea|241 gabon|242 congo|243 congo,democratic republic
244 angola|245 guinea bissau,guinea-bissau|246 diego garcia|247 ascension|248 seychelles|249 sudan|250 rwanda|251 ethiopia|252 somalia
253 djibouti|254 kenya|255 tanzania|256 uganda|257 burundi|258 mozambique|260 zambia|261 madagascar|262 reunion,mayotte|263 zimbabwe
264 namibia|265 malawi|266 lesotho|267 botswana|268 swaziland,eswatini|269 comoros|290 saint helena,st helena|291 eritrea|297 aruba
298 faroe|299 greenland|350 gibraltar|351 portugal,azores|352 luxembourg|353 ireland|354 iceland|355 albania|356 malta|357 cyprus
358 finland|359 bulgaria|370 lithuania|371 latvia|372 estonia|373 moldova|374 armenia|375 belarus|376 andorra|377 monaco,kosovo
378 san marino|379 vatican|380 ukraine|381 serbia|382 montenegro|383 kosovo|385 croatia|386 slovenia|387 bosnia|389 macedonia,north macedonia
420 czech|421 slovakia|423 liechtenstein|500 falkland|501 belize|502 guatemala|503 el salvador|504 honduras|505 nicaragua|506 costa rica
507 panama|508 saint pierre,st pierre|509 haiti|590 guadeloupe|591 bolivia|592 guyana|593 ecuador|594 french guiana|595 paraguay
596 martinique|597 suriname|598 uruguay|599 netherlands antilles,curacao|670 east timor,timor|672 norfolk,antarctica|673 brunei
674 nauru|675 papua|676 tonga|677 solomon|678 vanuatu|679 fiji|680 palau|681 wallis|682 cook islands|683 niue|685 samoa,western samoa
686 kiribati|687 new caledonia|688 tuvalu|689 french polynesia,tahiti|690 tokelau|691 micronesia|692 marshall|800 universal freephone
808 shared cost|850 north korea|852 hong kong|853 macau,macao|855 cambodia|856 laos|870 inmarsat|878 universal personal|880 bangladesh
881 globalstar,iridium,satellite|882 international networks,aeromobile|883 international networks|886 taiwan|888 ocha|960 maldives
961 lebanon|962 jordan|963 syria|964 iraq|965 kuwait|966 saudi|967 yemen|968 oman|970 palestine|971 united arab,uae|972 israel
973 bahrain|974 qatar|975 bhutan|976 mongolia|977 nepal|979 premium rate|992 tajikistan|993 turkmenistan|994 azerbaijan|995 georgia
996 kyrgyz|998 uzbekistan
"""

_NANP = (
    "alaska,anguilla,antigua,bahamas,barbados,bermuda,british virgin,cayman,dominica,dominican,grenada,guam,hawaii,jamaica,"
    "montserrat,puerto rico,saint kitts,saint lucia,saint vincent,trinidad,turks,us virgin,virgin islands,northern mariana"
)


def _entries() -> tuple[tuple[str, str], ...]:
    listed = [entry for line in _TABLE.strip().splitlines() for entry in line.split("|")]
    pairs = [
        (name, code) for code, _, names in (e.partition(" ") for e in listed) for name in names.split(",")
    ]
    return tuple(pairs) + tuple((name, "1") for name in _NANP.split(","))


_BY_NAME = _entries()
CALLING_CODES = frozenset(code for _, code in _BY_NAME)
"""Every country calling code in use."""


def calling_code(digits: str) -> str | None:
    """The country calling code that a number or dial code starts with, or None."""
    for length in (1, 2, 3):
        if digits[:length] in CALLING_CODES and len(digits) >= length:
            return digits[:length]
    return None


@lru_cache(maxsize=20_000)
def codes_of_name(name: str) -> frozenset[str]:
    """Calling codes of the countries that a destination's name begins with."""
    plain = " ".join(name.casefold().replace("-", " ").replace("_", " ").split())
    return frozenset(
        code
        for known, code in _BY_NAME
        if plain.startswith(known) and not plain[len(known) : len(known) + 1].isalpha()
    )
