"""The words by which senders title their columns, in the languages they write."""

import re
import unicodedata
from collections.abc import Mapping

from voipdesk.tabular.band_words import PEAK, band_kind, is_band_alone, split_band
from voipdesk.tabular.call_stems import call_role, is_money
from voipdesk.tabular.stems import is_other, is_price, role_by_stems

_RATES = {
    "prefix": "code|codes|rate prefix|dial code|dial codes|dialcode|dialing code|dialling code|prefix|prefixes|prefix code|breakout code|"
    "destination code|area prefix|rate code|full code|number|dialed digits|digits|pattern|dst code|e164|npanxx|npa nxx|"
    "country code and area code|vorwahl|vorwahlen|kennzahl|rufnummernbereich|indicatif|indicatifs|préfixe|préfixes|"
    "código|códigos|prefijo|prefijos|código destino|prefisso|prefissi|codice|prefixo|prefixos|kod|kody|kierunkowy|"
    "alan kodu|код|коды|префикс|رمز|الرمز|البادئة|بادئة|netnummer|kengetal|landnummer|destination prefix|dialprefix|"
    "carrier code|codes list|dialing codes|dial prefix|called prefix|prefix list|landcode|numéro|numeracja|"
    "prefixnummer|zonecode|kode|riktnummer|suuntanumero|předvolba|predvoľba|előhívó|префикс направления|код направления|"
    "区号|国家代码|前缀|市外局番|국가번호",
    "country_code": "cc|npa|country code|country codes|intl code|international code|country dial code|landesvorwahl|"
    "ländervorwahl|indicatif pays|código país|codigo pais|código de país|prefisso paese|kod kraju|ülke kodu|код страны|"
    "رمز الدولة|landcode|ländercode|country prefix|countrycode",
    "area_code": "nxx|area|area code|area codes|city code|city codes|breakouts|breakout|ndc|ac|area code s|ortskennzahl|"
    "ortsvorwahl|indicatif régional|código de área|codigo area|prefisso locale|numer kierunkowy|код города|رمز المنطقة|"
    "areacode|citycode|national code|dial codes area|netzkennzahl",
    "destination": "destination|destinations|dest name|route description|route destination|destination name|description|desc|location|route|route name|zone|"
    "zone name|name|code name|country|country name|area name|network|operator|destination network|comment|"
    "ziel|zielland|land|zielname|bezeichnung|destinazione|descrizione|paese|destino|descripción|país|pais|destination pays|"
    "pays|libellé|nome|kierunek|kraj|bestemming|omschrijving|hedef|ülke|направление|страна|الوجهة|الدولة|البلد|dst name|"
    "country destination|terminating|target pattern description|pattern name|dest description|dest desc|zielname|"
    "destination name en|land netz|destinatie|destinácia|destinace|célállomás|måde|mottagare|国家|目的地|宛先",
    "rate": "pence per minute|pence minute|pence min|sell|selling|sell price|selling price|selling rate|sales price|rateinitial|initial rate|unit price|price per unit|new|now|revised|revised rate|revised price|amended rate|updated rate|future rate|proposed rate|present rate|existing rate|rate|rates|billing rate|price|prices|cost|per min|per minute|rate min|rate per min|rate per minute|price min|price per min|"
    "price per minute|usd min|usd per min|usd per minute|eur min|eur per min|eur per minute|gbp min|new rate|new price|"
    "current rate|rate usd|rate eur|rate usd min|usd rate|price usd|sell rate|buy rate|tariff|charge|call charge|minute rate|"
    "per minute rate|voice rate|interval n rate|next rate|rate n|cost per min|"
    "preis|minutenpreis|preis min|preis pro minute|preis eur min|preis usd min|tarif|kosten|prix|prix min|prix minute|"
    "prix par minute|coût|precio|precio min|precio por minuto|tarifa|coste|prezzo|prezzo min|prezzo al minuto|tariffa|costo|"
    "preço|preço por minuto|cena|stawka|prijs|tarief|fiyat|ücret|цена|тариф|стоимость|السعر|سعر الدقيقة|inter|interstate|"
    "cents per second|cents per minute|cents|per second|rate per second|price per second|cents min|peak|peak rate|peak per minute|peak price|standard rate|rate 1|ppm|price n|call rate|per period charge|interstate rate|"
    "period charge|hinta|pris|precio usd|cena netto|tarifs|valor|valor minuto|fiyat dk|сум|цена за минуту|价格|费率|料金",
    "connection_fee": "cost on call|price on call|cost per call|charge per call|conn charge|conn cost|start price|startpris|call establishment|charge on answer|answer charge|connection price|fee per call|surcharge|rate surcharge|call surcharge|connection fee|connect fee|connect charge|connection charge|connection cost|connect cost|setup fee|"
    "setup charge|setup|set up fee|fixed fee|call setup|establishment|connection|connectcost|connectcharge|connect|"
    "verbindungsgebühr|verbindungsentgelt|einrichtung|frais de connexion|cargo de conexión|establecimiento|"
    "costo di connessione|scatto alla risposta|taxa de conexão|رسم الاتصال|starttarief|ppc|price per call|per call|flagfall|"
    "flag fall|setup cost|set up charge|call set up charge|peak call set up charge|call setup fee|conn fee|opstartgebyr",
    "increment": "voice unit|block of time to charge|charge block|chargeable unit|billing block sec|increment|increments|billing cycle|billing|billing increment|billing increments|billing terms|billing interval|interval|"
    "intervals|rounding|pulse|pulses|min increment|increment s|charging interval|billing incr|incr|billing unit|"
    "1 st nth|1 st n|1 st next|first nth|min inc|min incr|minimum increment|takt|taktung|abrechnungstakt|taktung s|pas|palier|cadence|incremento|intervalo|intervallo|fatturazione|naliczanie|"
    "periode|period|period time|periyot|шаг|тарификация|الفوترة|فترة|bi type|billing type|charge interval|billing step|"
    "incr|first next|min increment|pulse sec|pulse duration|rating increment|fatturazione|rate increment|分钟计费",
    "initial_increment": "inc 1|incr 1|increment 1|interval first|int 1|1 st int|first int|first|min volume|initial sec|minimum time to charge|first pulse|rate minimum|initial|initial increment|initial interval|first increment|first interval|min time|minimum time|"
    "interval 1|minimum duration|initial block|initblock|init inc|minimum|first period|initial period|min duration|"
    "first billing increment|initial billing increment|init increment|minimal time|min charge sec|minimo|minimal|"
    "min dur|minimum seconds|first charge|connect time sec|initial time|erster takt|min call|minimum call time|init",
    "subsequent_increment": "inc 2|incr 2|increment 2|sub increment|sub inc|interval next|int n|next int|pay interval|next sec|next pulse|incr n|subsequent|subsequent increment|subsequent interval|next|next increment|next interval|interval n|"
    "additional increment|recurring increment|billing block|billingblock|additional|next period|step|inc|"
    "following increment|subsequent billing increment|interval 2|second increment|resolution|resolution time|"
    "incremental|next period sec|recurring|folgetakt|granularity|billing resolution",
    "effective_date": "date of change|change date|applies from|in force from|eff|effective|date start|effective date|effective from|effective as of|valid from|start date|from|from date|date|"
    "activation date|effective datetime|begin date|date effective|start|commencement|effectivedate|startdate|valid|"
    "gültig ab|gueltig ab|ab|datum|date d effet|date effet|valable à partir|vigencia|fecha|fecha efectiva|desde|"
    "fecha de vigencia|data|data effettiva|valido da|decorrenza|válido desde|data de vigência|obowiązuje od|ważne od|"
    "ingangsdatum|geldig vanaf|geçerlilik|дата|действует с|дата начала|تاريخ السريان|التاريخ|ساري من|effective on|rate effective date|platnost od|"
    "érvényes|gyldig fra|giltig från|生效日期",
    "effective_until": "end date|date end|valid to|valid until|expires|expiry|expiry date|expiration date|until|to date|end|"
    "enddate|effective to|gültig bis|valable jusqu|hasta|fino al|stop date|stopdate|ساري حتى",
    "status": "indicator|change indicator|change flag|price change|movement|status|change|changes|state|action|change type|rate status|rate change|remark|remarks|comments|notes|"
    "change status|änderung|statut|estado|stato|azione|статус|изменение|الحالة|delta|flag|discontinued",
    "currency": "currency|ccy|cur|curr|currency code|währung|devise|moneda|valuta|moeda|waluta|para birimi|валюта|العملة",
    "minimum_charge": "minimum charge|min charge|minimum cost|minimum fee",
    "band": "time band|timeband|time bands|rate band|tariff period|charge band|rate period|zeitband|tarifzeit|plage horaire|tranche horaire|"
    "franja horaria|fascia oraria|faixa horária|tijdvak|strefa czasowa|zaman dilimi|временной интервал|الفترة الزمنية|时段|時間帯|시간대",
}
CURRENCIES = frozenset(
    [
        "USD", "EUR", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "TRY", "BGN", "AED", "SAR", "EGP", "INR",
        "PKR", "NGN", "ZAR", "KES", "BRL", "MXN", "ARS", "CAD", "AUD", "NZD", "JPY", "CNY", "RUB", "UAH",
    ]
)  # fmt: skip
_CALLS = {
    "called": "الرقم المتصل به|رقم المتصل به|المتصل به|nach|naar|vers|dst number out|callee e 164|called e 164|call to|called to|dial number|dial no|to no|terminating number|"
    "final called party number|phone number|number dialled|destination no|número destino|numero destino|numéro composé|"
    "номер б|вызываемый номер|номер назначения|被叫号码|被叫|المطلوب|aranan|volané číslo|gewählte nummer|"
    "called|called number|callee|dst|destination number|dialed|dialed number|dialled|dialled number|cld|dnis|"
    "to number|b number|called party|called id|dialed digits|zielrufnummer|callednumber|calledstation|destination|to|"
    "original called|called station id|numéro appelé|número marcado|numero chiamato|called num|callee id|dst number|"
    "destination id|rufnummer|gerufene nummer|dialed digits|b party|number called|phone number dialed|destination address|"
    "user destination|dialstring|numer docelowy|набранный номер|الرقم المطلوب|gebeld nummer|cld in|cld out",
    "caller": "service number|telephone number|msisdn|calling station id|von|van|extension|ext|src number in|caller e 164|calling e 164|call from|called from|from no|originating number|caller no|"
    "número origen|numero origen|numéro de l appelant|номер а|вызывающий номер|主叫号码|主叫|arayan|volající číslo|beller|"
    "caller|caller id|callerid|calling|calling number|calling party|src|source|cli|ani|from|from number|a number|"
    "anrufer|caller num|src number|a party|calling party number|source address|caller id number|numer źródłowy|cli in|"
    "rufende nummer|номер звонящего|المتصل|source number|numéro appelant|origen|chiamante|callingnumber|caller number",
    "account": "utente|usuario|utilisateur|benutzer|abonné|abonado|cust id|cust no|cust|customer no|customer number|customer identifier|account|accountcode|account code|customer|client|user|username|kunde|compte|cliente|subscriber|account id|"
    "user number|customer name|user name|account name|accountid|customer id|client name|subscriber name|konto|accountname",
    "start": "date time origination|call start date|time start|start time utc|date and time|date heure|datum uhrzeit|"
    "fecha hora|data ora|data hora|fecha y hora|datum en tijd|дата и время|дата время|呼叫时间|开始时间|التاريخ والوقت|arama zamanı|"
    "start|start time|call start|setup time|start date time|start datetime|call start time|session start|startstamp|"
    "begin time|start epoch|begin stamp|starts|beginn|inicio|inizio|début|początek|начало|وقت البدء|calldate|call date|date|datetime|date time|setup time|setup|begin|start date|"
    "timestamp|starttime|start stamp|datum|fecha|data|call time|date call|startdate|time start|created",
    "time": "time|uhrzeit|clock|hora|heure|ora|time of day",
    "answer": "answer|answer time|answer date|answered|answer stamp|answer epoch|connect|connect time|connected|answered at|"
    "connect date|answer datetime",
    "end": "end time|end date|stop time|stop date|release time|disconnect time|hangup time|finish time|end stamp|endstamp|end epoch|"
    "call end|call end time|end|ended|ended at|date time disconnect|session end|clear time|ende|heure de fin|hora de fin|ora fine|"
    "fecha fin|konec|koniec|время окончания|结束时间|وقت الانتهاء|bitiş",
    "trunk": "trunk|trunk name|ingress|gateway|inbound trunk|trunk in|ingress trunk",
    "supplier": "supplier|carrier|vendor|provider|lieferant|fournisseur|proveedor|egress carrier|outbound carrier",
    "billsec": "acct session time|billtime|bill time|billing seconds|charged time|charged quantity|charged time hour min sec|elapsed time|billed minutes|"
    "talk duration s|rated duration|billable duration s|chargeable duration|conversation duration|"
    "duración facturada|durée facturée|durata fatturata|тарифицируемая длительность|计费时长|通话时长|konuşma süresi|"
    "billsec|bill sec|billed duration|talk time|talktime|session time|sessiontime|billable seconds|usage|"
    "billseconds|conversation time|billed seconds|charged duration|talking|talk duration|answered seconds|billed sec|"
    "bill seconds|billable time|charged seconds|gesprächsdauer|conv time|billable duration|billed time|voice seconds",
    "duration": "tempo|tiempo|temps|czas|süre|dur|min|mins|segundos|secondi|secondes|sekunden|duration|call duration s|duration sec|duration s|seconds|call duration|dauer|durée|duración|durata|duration seconds|"
    "time seconds|minutes|duration min|length|duur|duração|czas trwania|длительность|المدة|secs|call length|total duration|sec",
    "unique_id": "sid|serialno|serial no|call serial number|record no|record number|event counter|call sid|global call id|call reference|correlation id|"
    "uniqueid|unique id|call id|callid|uuid|id|cdr id|guid|sip call id|session id|linkedid|acctsessionid|"
    "record id|accid|originid",
    "disposition": "completion code|disconnect cause|disconnect code|last sip response|response|response code|release code|disposition|status|result|call status|cause|hangup cause|terminate cause|termination cause|release cause|"
    "terminatecause|reason|end reason|hangupcause|call result|sip code",
}


_WEAK = (
    "first|telephone number|initial rate|tempo|tiempo|temps|czas|süre|response|sid|sell|selling|buy|indicator|unit price|price per unit|rufnummer|von|van|nach|naar|extension|ext|new|now|country|countries|country name|land|paese|país|pais|pays|kraj|ülke|страна|name|comment|comments|remark|remarks|notes|network|"
    "operator|price 1|rate 1|current rate|present rate|existing rate|charge|from|start|date|data|datum|fecha|to|number|area|area name|service|target pattern name|"
    "setup|connect|connection|minimum|initial|next|step|id|user|username|code name|kod|inc|minutes|status|region|zone"
)
"""Phrases that mean a role only while no other title says it better."""

_TURNING = (
    "id plan group type table old previous prev former alt alter ancien anterior vecchio offpeak weekend night created modified "
    "updated issue rental monthly did sms mms asr acd margin trend bi grace intrastate max maximum strip prepend priority class "
    "route lcr in traffic app trusted quality table list key multiplier addition resolved reason changed unit end off"
)
"""Words that turn a longer title into something else."""

_STOPS = frozenset(_TURNING.split())

_FOREIGN_TITLES = frozenset(
    {
        "did", "dids", "did number", "mcc", "mnc", "msisdn", "id", "ops", "reseller", "priority", "strip", "prepend", "trunk",
        "gateway", "multiplier", "addition", "grace", "grace time", "grace period", "port", "asr", "acd", "pdd", "rate id",
        "charge code", "operator code", "zip", "lrn", "ocn", "lata", "rate plan", "tariff id", "max dur", "min dur", "max price",
        "max duration", "max cost", "no", "nr", "row", "channels", "quantity", "capacity", "margin", "profit", "stock", "qty",
        "sku", "article", "article no", "ean", "invoice", "invoice no", "amount", "total", "total amount", "balance", "vat", "discount",
        "minutes", "calls", "attempts", "weight", "postcode", "zip code", "account", "account no", "customer", "s n", "sr no", "sl no",
        "serial", "extension", "ext", "index", "position", "pos", "item", "level", "tier", "currency unit", "indeterminate", "intrastate", "intra", "local",
    }
)  # fmt: skip
"""Titles of columns that are none of ours, whatever their cells look like."""


def plain(text: str) -> str:
    """Letters and digits of a title, small, with single blanks; `DurationRate` becomes two words."""
    kept = unicodedata.normalize("NFKC", text).replace("_", " ")
    kept = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", kept).casefold()
    kept = re.sub(r"(?<=[^\W\d_])(?=[0-9])|(?<=[0-9])(?=[^\W\d_])", " ", kept)
    return " ".join(re.sub(r"[^\w]+", " ", kept).split())


def _joined(text: str) -> str:
    return text.replace(" ", "")


def _index(table: Mapping[str, str]) -> dict[str, str]:
    return {plain(word): role for role, words in table.items() for word in words.split("|")}


RATES = _index(_RATES)
CALLS = _index(_CALLS)
_JOINED = {id(table): {_joined(phrase): role for phrase, role in table.items()} for table in (RATES, CALLS)}
_FRAIL = frozenset(_joined(plain(word)) for word in _WEAK.split("|"))


def is_foreign(title: str) -> bool:
    """Whether a title names something that is neither code, price nor call, whatever its cells look like."""
    return plain(title) in _FOREIGN_TITLES


def _stops(text: str) -> bool:
    """Whether a word turns the meaning of a title; `in` does at its end only (`CLI in`, not `Rate in EUR`)."""
    tokens = text.split()
    return not _STOPS.isdisjoint(
        tokens if tokens[-1:] == ["in"] else [token for token in tokens if token != "in"]
    )


def is_turned(title: str) -> bool:
    """Whether a word of the title makes it another thing than the one it looks like: old, created, off-peak."""
    text = plain(title)
    return _stops(text) or is_other(text)


_ENDING = frozenset(
    [
        "end",
        "disconnect",
        "stop",
        "hangup",
        "release",
        "finish",
        "finished",
        "ring",
        "alert",
        "fim",
        "fin",
        "fine",
        "ende",
        "zone",
        "agent",
        "codec",
        "location",
    ]
)
"""Words of titles that are not the beginning, length or owner of a call; the known phrases among them have been looked up before."""


_PAST = re.compile(
    r"\b(old|previous|prev|prior|former|current|present|existing|last|diff\w*|delta|change|increase|decrease|margin|asr|acd|max\w*|min\w* charge|alt\w*|ancien\w*|"
    r"anterior|vecchi\w*|stara|eski|прежн\w*|стар\w*|previo|bisherig\w*|vorher\w*|variazione|differenz\w*)\b"
)
_PRESENT = re.compile(
    r"\b(?:current|present|existing|actual\w*|atual\w*|vigente|actuel\w*|attual\w*|aktuell\w*|derzeit\w*|jetzig\w*|huidig\w*|obecn\w*|"
    r"aktualn\w*|aktuáln\w*|текущ\w*|действующ\w*|mevcut|nuvarande|nuværende|till|until|jusqu|hasta|الحالي\w*)\b|现价|现行|当前"
)


_FIRST_PRICE = re.compile(
    r"\b(?:initial|first|1 st) (?:\w+ )?(?:rate|price|cost|charge)\b|\b(?:rate|price) (?:initial|first|1)\b"
)


def is_first_price(title: str) -> bool:
    """Whether a title speaks of the first interval alone."""
    return bool(_FIRST_PRICE.search(plain(title)))


def is_present(title: str) -> bool:
    """Whether a title speaks of what holds now, which is what was where another column says what will be."""
    return bool(_PRESENT.search(plain(title)))


_LEADING = re.compile(
    r"\b(nuev\w*|nov[oa]|nouve\w*|nuov\w*|neue?r?|nowa|nieuwe?|yeni|нов\w*|جديد\w*|peak|inter|interstate|new|n|1|first|initial|next|second|minute|min|day|standard)\b"
)


_PLACES = {
    "inter": re.compile(r"\binter(?:state)?\b"),
    "intra": re.compile(r"\bintra(?:state)?\b"),
    "other": re.compile(r"\b(?:indeterminate|ind|ij|local)\b"),
}


def place_of_call(title: str) -> str:
    """Which calls a price is for by where they come from: inter (another state), intra (the same), other; '' for all."""
    text = plain(title)
    return next((place for place, pattern in _PLACES.items() if pattern.search(text)), "")


def is_past(title: str) -> bool:
    """Whether a title speaks of a price that is no longer, a difference, or a limit."""
    return bool(_PAST.search(plain(title)))


_TAX = r"(?:vat|tax|taxes|gst|mwst|ust|tva|iva|igic|impuestos|imposto\w*|btw|moms\w*|mva|alv|kdv|ндс|пдв|ддс|dph|pdv\w*|ddv|pvm|pvn|vatu?|áfa|φπα|ضريب\w*|מע\w*)"
_TAXED = re.compile(
    rf"\b(?:inc|incl|including|inclusive|with|inkl|incluyendo|incluido|com|con|avec|wliczając|z|sa|su|ar|sis|с|з|dahil|με|مع|شامل|כולל) (?:of )?(?:ال)?{_TAX}\b"
    r"|\bs (?:dph|ddv|pdv\w*)\b|\bc (?:iva|igic|impuestos?|impostos?)\b"
    rf"|\b{_TAX} (?:incl\w*|inkl\w*|dahil|included|compris\w*|inbegrepen)\b|\b(?:ttc|brutto|bruttó|gross|شامل\w* ال\w*)\b|含税|含稅|税込"
)


def is_taxed(title: str) -> bool:
    """Whether a title says that tax is in the price."""
    return bool(_TAXED.search(plain(title)))


_IDENTIFIERS = frozenset({"id", "ids", "uuid", "guid", "key", "rowid", "pk"})
_OF_CALLS = frozenset({"start", "answer", "end", "billsec", "duration", "unique_id", "caller", "disposition"})


def is_no_code(title: str) -> bool:
    """Whether a title names something of which digits are no dial codes: ids, lengths and times of calls, amounts."""
    text = plain(title)
    return not _IDENTIFIERS.isdisjoint(text.split()) or CALLS.get(text) in _OF_CALLS or is_price(text)


def is_identifier(title: str) -> bool:
    """Whether a title names a key of a database."""
    return not _IDENTIFIERS.isdisjoint(plain(title).split())


_ANY_NUMBER = frozenset(
    [
        "rufnummer",
        "phone number",
        "telephone number",
        "number",
        "numéro",
        "número",
        "numero",
        "nummer",
        "номер",
        "telefon",
        "номер телефона",
    ]
)


def is_any_number(title: str) -> bool:
    """Whether a title names a telephone number and does not say whose."""
    return plain(title) in _ANY_NUMBER


_BOUGHT = re.compile(
    r"\b(?:buy|buying|buyrate\w*|bought|purchase|pvt|private|internal|vendor|supplier|ek|einkauf\w*|achat|compra|acquisto|nákup\w*|"
    r"zakup\w*|inkoop\w*|inköp\w*|alış|закуп\w*|شراء)\b|进价|成本"
)


def is_bought(title: str) -> bool:
    """Whether a title speaks of what the sender pays himself."""
    return bool(_BOUGHT.search(plain(title)))


def is_leading(title: str) -> bool:
    """Whether a title says by itself which of several prices it is."""
    return bool(_LEADING.search(plain(title)))


_CALLING_SIDE = frozenset({"origin", "origins", "originating"})
"""Words of titles in rate sheets that speak of where a call comes from."""

_IN_SECONDS = re.compile(
    r" (?:in )?(?:s|secs?|seconds?|seg|segundos?|sek|sekunden|secondes|secondi|сек|секунд|秒|초)$"
)
"""The unit behind a title that means the same without it."""


def role_of(
    title: str, words: Mapping[str, str], learned: Mapping[str, str] | None = None
) -> tuple[str, float] | None:
    """(role, how sure) of a title: learned or whole phrases are surest, then the longest phrase inside it."""
    text = plain(title)
    if not text or len(text) > 60:
        return None
    if learned and text in learned:
        return learned[text], 1.0
    joined = _joined(text)
    role = words.get(text) or _JOINED.get(id(words), {}).get(joined)
    if not role and (short := _IN_SECONDS.sub("", text)) != text:
        role = words.get(short)
    if role:
        return role, 0.85 if joined in _FRAIL else 0.95
    if words is RATES and split_band(text)[0]:
        return _timed_role(text, title)
    if text in _FOREIGN_TITLES:
        return None
    if words is CALLS and (found := call_role(text)) and found[0] in {"unique_id", "account"}:
        return found
    if _stops(text):
        return None
    if words is RATES and not _CALLING_SIDE.isdisjoint(text.split()):
        return None
    if words is RATES:
        return role_by_stems(text, CURRENCIES, title) or _inside(text, words)
    return call_role(text) or (None if is_money(text) else _inside(text, words))


def _timed_role(text: str, title: str) -> tuple[str, float] | None:
    """What a title that speaks of times means: the price of peak hours, or of all hours named, is the rate."""
    kinds, rest = split_band(text)
    if PEAK in kinds and is_band_alone(text):
        return "rate", 0.85
    if PEAK in kinds and len(kinds) > 1:
        return role_of(rest, RATES)
    if _band_of(text) or _stops(text):
        return None
    return role_by_stems(text, CURRENCIES, title) or _inside(text, RATES)


def band_of(title: str, role: str = "rate") -> str:
    """The time (see `band_words`) whose price a title names, peak hours apart; '' where it names none, or no price. With
    `role` connection_fee: whose connect fee.
    """
    text = plain(title)
    return _band_of(text, role) if text and len(text) <= 60 and RATES.get(text) is None else ""


def _band_of(text: str, role: str = "rate") -> str:
    kind = band_kind(text)
    if kind in {"", PEAK}:
        return ""
    if is_band_alone(text):
        return kind if role == "rate" else ""
    rest = split_band(text)[1]
    named = role_of(rest, RATES)
    if named is None and role == "rate":
        return "" if rest in _FOREIGN_TITLES or is_turned(rest) or is_past(rest) else kind
    return kind if named is not None and named[0] == role else ""


def _inside(text: str, words: Mapping[str, str]) -> tuple[str, float] | None:
    """The longest phrase inside a title."""
    tokens = text.split()
    best: tuple[str, float] | None = None
    if words is CALLS and not _ENDING.isdisjoint(tokens):
        return None
    longest = 0
    for start in range(len(tokens)):
        for end in range(len(tokens), start, -1):
            phrase = " ".join(tokens[start:end])
            # A phrase of one short word inside a long title says nothing.
            if len(phrase) > max(longest, 2) and phrase in words:
                longest = len(phrase)
                best = words[phrase], 0.5 + 0.35 * longest / len(text)
                break
    return best
