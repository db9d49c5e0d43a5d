"""The words by which senders title their columns, in the languages they write."""

import re
import unicodedata
from collections.abc import Mapping

_RATES = {
    "prefix": "code|codes|dial code|dial codes|dialcode|dialing code|dialling code|prefix|prefixes|prefix code|breakout code|"
    "destination code|area prefix|rate code|full code|number|dialed digits|digits|pattern|dst code|e164|npanxx|npa nxx|"
    "country code and area code|vorwahl|vorwahlen|kennzahl|rufnummernbereich|indicatif|indicatifs|préfixe|préfixes|"
    "código|códigos|prefijo|prefijos|código destino|prefisso|prefissi|codice|prefixo|prefixos|kod|kody|kierunkowy|"
    "alan kodu|код|коды|префикс|رمز|الرمز|البادئة|بادئة|netnummer|kengetal|landnummer|destination prefix|dialprefix|"
    "carrier code|codes list",
    "country_code": "cc|country code|country codes|intl code|international code|country dial code|landesvorwahl|"
    "ländervorwahl|indicatif pays|código país|codigo pais|código de país|prefisso paese|kod kraju|ülke kodu|код страны|"
    "رمز الدولة|landcode|ländercode|country prefix|countrycode",
    "area_code": "area|area code|area codes|city code|city codes|breakouts|breakout|ndc|ac|area code s|ortskennzahl|"
    "ortsvorwahl|indicatif régional|código de área|codigo area|prefisso locale|numer kierunkowy|код города|رمز المنطقة|"
    "areacode|citycode|national code|dial codes area|netzkennzahl",
    "destination": "destination|destinations|dest name|destination name|description|desc|location|route|route name|zone|"
    "zone name|name|code name|country|country name|area name|network|operator|destination network|comment|"
    "ziel|zielland|land|zielname|bezeichnung|destinazione|descrizione|paese|destino|descripción|país|pais|destination pays|"
    "pays|libellé|nome|kierunek|kraj|bestemming|omschrijving|hedef|ülke|направление|страна|الوجهة|الدولة|البلد|dst name|"
    "country destination|terminating|service",
    "rate": "rate|rates|price|prices|cost|per min|per minute|rate min|rate per min|rate per minute|price min|price per min|"
    "price per minute|usd min|usd per min|usd per minute|eur min|eur per min|eur per minute|gbp min|new rate|new price|"
    "current rate|rate usd|rate eur|rate usd min|usd rate|price usd|sell rate|buy rate|tariff|charge|call charge|minute rate|"
    "per minute rate|voice rate|interval n rate|next rate|rate n|cost per min|"
    "preis|minutenpreis|preis min|preis pro minute|preis eur min|preis usd min|tarif|kosten|prix|prix min|prix minute|"
    "prix par minute|coût|precio|precio min|precio por minuto|tarifa|coste|prezzo|prezzo min|prezzo al minuto|tariffa|costo|"
    "preço|preço por minuto|cena|stawka|prijs|tarief|fiyat|ücret|цена|тариф|стоимость|السعر|سعر الدقيقة|inter|interstate|"
    "peak|peak rate|standard rate|rate 1",
    "connection_fee": "connection fee|connect fee|connect charge|connection charge|connection cost|connect cost|setup fee|"
    "setup charge|setup|set up fee|fixed fee|call setup|establishment|connection|connectcost|connectcharge|connect|"
    "verbindungsgebühr|verbindungsentgelt|einrichtung|frais de connexion|cargo de conexión|establecimiento|"
    "costo di connessione|scatto alla risposta|taxa de conexão|رسم الاتصال|starttarief",
    "increment": "increment|increments|billing|billing increment|billing increments|billing terms|billing interval|interval|"
    "intervals|rounding|pulse|pulses|min increment|increment s|charging interval|billing incr|incr|billing unit|"
    "takt|taktung|abrechnungstakt|taktung s|pas|palier|cadence|incremento|intervalo|intervallo|fatturazione|naliczanie|"
    "periode|period|periyot|шаг|тарификация|الفوترة|فترة",
    "initial_increment": "initial|initial increment|initial interval|first increment|first interval|min time|minimum time|"
    "interval 1|minimum duration|initial block|initblock|init inc|minimum|first period|initial period|min duration|"
    "first billing increment|initial billing increment|init increment|minimal time|min charge sec|minimo",
    "subsequent_increment": "subsequent|subsequent increment|subsequent interval|next|next increment|next interval|interval n|"
    "additional increment|recurring increment|billing block|billingblock|additional|next period|step|inc|"
    "following increment|subsequent billing increment|interval 2|second increment",
    "effective_date": "effective|effective date|effective from|effective as of|valid from|start date|from|from date|date|"
    "activation date|effective datetime|begin date|date effective|start|commencement|effectivedate|startdate|valid|"
    "gültig ab|gueltig ab|ab|datum|date d effet|date effet|valable à partir|vigencia|fecha|fecha efectiva|desde|"
    "fecha de vigencia|data|data effettiva|valido da|decorrenza|válido desde|data de vigência|obowiązuje od|ważne od|"
    "ingangsdatum|geldig vanaf|geçerlilik|дата|действует с|дата начала|تاريخ السريان|التاريخ|ساري من",
    "effective_until": "end date|valid to|valid until|expires|expiry|expiry date|expiration date|until|to date|end|"
    "enddate|effective to|gültig bis|valable jusqu|hasta|fino al|stop date|stopdate|ساري حتى",
    "status": "status|change|changes|state|action|change type|rate status|rate change|remark|remarks|comments|notes|"
    "change status|änderung|statut|estado|stato|azione|стaтус|изменение|الحالة|delta|flag|discontinued",
    "currency": "currency|ccy|cur|curr|currency code|währung|devise|moneda|valuta|moeda|waluta|para birimi|валюта|العملة",
    "minimum_charge": "minimum charge|min charge|minimum cost|minimum fee",
}
_CALLS = {
    "called": "called|called number|callee|dst|destination number|dialed|dialed number|dialled|dialled number|cld|dnis|"
    "to number|b number|called party|called id|dialed digits|zielrufnummer|callednumber|calledstation|destination|to|"
    "original called|called station id|numéro appelé|número marcado|numero chiamato",
    "caller": "caller|caller id|callerid|calling|calling number|calling party|src|source|cli|ani|from|from number|a number|"
    "anrufer|source number|numéro appelant|origen|chiamante|callingnumber|caller number",
    "account": "account|accountcode|account code|customer|client|user|username|kunde|compte|cliente|subscriber|account id|"
    "customer name|tenant|user name",
    "start": "start|start time|call start|calldate|call date|date|datetime|date time|setup time|setup|begin|start date|"
    "time|timestamp|answer time|starttime|start stamp|connect time|datum|fecha|data|call time|date call|startdate|"
    "answertime|time start",
    "billsec": "billsec|bill sec|billed duration|talk time|talktime|session time|sessiontime|duration|duration sec|"
    "duration s|seconds|call duration|billable seconds|usage|dauer|durée|duración|durata|billseconds|duration seconds|"
    "conversation time|time seconds|minutes|duration min",
    "unique_id": "uniqueid|unique id|call id|callid|uuid|id|cdr id|guid|sip call id|session id|linkedid|acctsessionid|"
    "record id|accid|originid",
    "disposition": "disposition|status|result|call status|cause|hangup cause|terminate cause|termination cause|release cause|"
    "terminatecause|reason|end reason|hangupcause|call result|sip code",
}


def plain(text: str) -> str:
    """Letters and digits of a title, small, with single blanks."""
    kept = unicodedata.normalize("NFKC", text).casefold().replace("_", " ")
    kept = re.sub(r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])", " ", kept)
    return " ".join(re.sub(r"[^\w]+", " ", kept).split())


def _index(table: Mapping[str, str]) -> dict[str, str]:
    return {plain(word): role for role, words in table.items() for word in words.split("|")}


RATES = _index(_RATES)
CALLS = _index(_CALLS)


def role_of(
    title: str, words: Mapping[str, str], learned: Mapping[str, str] | None = None
) -> tuple[str, float] | None:
    """(role, how sure) of a title: learned or whole phrases are surest, then the longest phrase inside it."""
    text = plain(title)
    if not text or len(text) > 60:
        return None
    if learned and text in learned:
        return learned[text], 1.0
    if text in words:
        return words[text], 0.95
    best: tuple[str, float] | None = None
    longest = 0
    for phrase, role in words.items():
        # A phrase of one short word inside a long title says nothing.
        if len(phrase) > max(longest, 2) and re.search(rf"(?:^| ){re.escape(phrase)}(?:$| )", text):
            longest = len(phrase)
            best = role, 0.5 + 0.4 * len(phrase) / len(text)
    return best
