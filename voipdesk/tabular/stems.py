"""What a title means by the stems of its words, for the titles that no list of phrases has: each language inflects and
compounds (`Zielvorwahl`, `stawka za minutę`, `сalled prefixes`), the stems stay.

All stems are written without accents, as `bare` leaves a title. A stem begins a word; from five letters on it may also
stand inside one; signs of Chinese and Japanese may stand anywhere.
"""

import re
import unicodedata
from collections.abc import Callable, Collection
from functools import lru_cache

SURE = 0.75
"""How sure a role is that stems alone tell."""

_SPECIAL = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ة": "ه",
        "ـ": "",
        "ə": "e",
        "ð": "d",
        "þ": "th",
    }
)
_ARTICLE = re.compile(r"\b(?:بال|وال|لل|ال)(?=\w{3})")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_INSIDE = 5

Stems = tuple[str, ...]


def of(text: str) -> Stems:
    """The stems of a list."""
    return tuple(text.split())


_PRICE = of(
    "percdij price pric rate rates cost charge tarif tarief tariff prijs preis entgelt kosten euro prix cout prec prez precio custo costo "
    "coste cena cen stawk oplat koszt sazb fiyat ucret bedel цен цін тариф стоим варт плат pris takst taxa hinta ar dij pret "
    "τιμη χρεωση سعر تعرف تكلف كلف ثمن اجر نرخ قيمت هزينه kaina mokest cijen cijena cmim hind verd preu prezo giá cuoc narx qiymet מחיר תעריף עלות "
    "ราคา อัตรา ค่า दर मूल्य शुल्क ფას գին bei 价 費 费率 资费 料金 単価 요금 단가 harga biaya ppm valor importe"
)
_PRICE_ONLY: Stems = tuple(stem for stem in _PRICE if stem != "charge")
_PRICE_WORDS = frozenset(of("rate price cost tariff charge"))
_TIME_UNIT = re.compile(r"\bper (?:min\w*|sec\w*|pulse|interval|increment|period|block)\b")
_FEE = of(
    "connect conex connes conexao setup estab etabliss einricht verbind einmal polacz inicj pocza соедин вызов подключ baglan "
    "kurulum acilis uppkoppl oppning opstart spojen spojov flagfall flag starttar startgeb startta answer apertur ligacao llamada relation "
    "uspostav vzpostav sujungim savienoj aloitus avaus alustus kapcsol upphaf etabler свърз встанов з'єдн حיבור חיבור برقرار เชื่อมต่อ sambung "
    "خط ربط فتح اتصال 接通 起步 接続 연결 초기"
)
_FEE_ALONE = of(
    "flagfall scatto establiment aloitusmaks avausmaks alustustas kapcsolasi upphafsgj starttar startgeb verbindungsentg verbindungsgeb uppkopplingsav oppningsav 接通费 起步费 接続料 startpris opkalds"
)
_FEE_WORD = of(
    "fee fees gebuhr gebuehr frais cargo avgift oplat poplat quota رسم رسوم afgift kotelezettseg tax scatto maksu tasu gjald mokest maksa naknad pristoj dij phi biaya דמי"
)
_SINCE = of(
    "effect efect effet efet efetiv vigen vigor vigueur gultig gueltig wirksam applic decorr ingang geldig obowiazyw wazn waz platn "
    "gilt galler giltig gyldig gecerli yururl baslang действ вступ начал введен سريان ساري تفعيل يبدا بدء 生效 起始 开始 開始 適用 "
    "有効 valja velja vrijed vrede kehti galioj speka isxu ισχυ תחול בתוקף اعتبار berlak hieu gulde activ commence startdat begindat valid valab ucinn platnos erveny hataly берет 유효 시작 berlaku intrare"
)
_DAY = of("date datum data fecha tarih дата dato تاريخ 日期 日 时间 dia day jour tag dzien dnia")
_FROM = of("start from inicio inizio debut desde dal ab od vanaf fran от с von partir init")
_LAST = frozenset(of("last latest letzte letzter derniere ultima ultimo ostatnia son posledni"))
_UNTIL = of(
    "expir until hasta ablauf jusqu scaden vencim termin koniec konec конец оконч حتى انتهاء 截止 结束 終了 失效 fim bitis einde "
    "vervall venc vali bis end ende tot до do to fin fine slut"
)
_UNTIL_ALONE = of(
    "expir until hasta ablauf jusqu scaden vencim оконч حتى انتهاء 截止 结束 終了 失效 bitis vervall enddat"
)
_FIRST = of(
    "min minimum minimal minimo minima minsta mindest initial init first erst prem primer prim pierwsz перв началь ilk اول 最小 首"
)
_FIRST_LONG = of("mindest initial minimum premier erster primer primeiro pierwsz перв начальн 首 最小")
_FIRST_LAST = frozenset(
    of("first initial initiale inicial iniziale minimo minima minimum minimal premier primeiro primero")
)
_MINUTE = of("minut minuut minuta минут хв dakika dk daki perc دقيق 分 분 min")
_NEXT = of(
    "next nth subseq addit follow sigu suiv segu nast послед sonraki folge recurr volgend incremental 后续"
)
_SPAN = of(
    "incr length interv period duration durat dauer time takt pulse block sec second bill charg unit rounding step шаг интервал период "
    "tempo tiempo temps sure interwal okres"
)
_STEP = of(
    "incr interv round pulse puls impuls takt palier cadenc tarific tarifac tarifik tariffaz tariffer tarifier tarifier factura fatur "
    "fattur naliczan afrond afreken redond scatt periyo periodi debiter tasacion billing charging step шаг округл тарифик интервал "
    "احتساب فوتر نبض محاسب 计费 課金 计时 收费周期 tikken facturer abrechn ucretlendir uctovan kroky cobranca arrondi"
)
_CODE = of(
    "code codes cod codigo codice kod kode prefix prefij prefis prefik praefix preef prefiks prafix vorwahl kennzahl indicat "
    "indicativo kierunkow код коды префикс riktnummer landsnummer netnummer kengetal predvolb predcis predcisli elohiv dial "
    "رمز كود مفتاح بادئ 区号 前缀 字冠 国番号 国家代码 局番 プレフィックス 국가번호 지역번호 ddi digits marcacion arama onek breakout suunta "
    "κωδικ προθεμ hivoszam kood kods koda kodas pozivn klicn suunako landsno kodi mã רמת קידומת كد پيش รหัส कोड კოდ կոդ msimbo"
)
_COUNTRY = of(
    "country countr land lander pais pays paese nazione kraj ulke стран краин دول بلد zeme orszag tara intl international 国"
)
_AREA = of(
    "area city ciudad ville citta cidade miasto sehir город ort ortsnetz local region ndc منطق مدين 市 区域"
)
_NAME = of(
    "name nom nombre nome nazwa nazev naam namn navn наимен назван اسم desc descr beschr bezeich omschr libell opis opi 名 描述 説明"
)
_PLACE = of(
    "dest ziel land lander pays pais paese nazione country operator operad operat operateur network netz netwerk red reseau siec zone "
    "zona stref zon bestem orszag направ стран краин وجه دول بلد شبك منطق مشغل hedef varis yon bolge direttric smer zeme 国 目的地 地区 着信 "
    "地域 kierun localid location route terminat kraj ulke breakout odredist drzav salis krypt valst virzien riik sihtk maa vend shtet "
    "προορ χωρα יעד מדינה كشور مقصد ประเทศ ปลายทาง देश quoc negara tujuan nchi olke davlat desti markad ქვეყ երկիր держав країн"
)
_STATE = of(
    "indicator change chang movement mouvem movim status statut estado stato stan durum stav situac action ander andr cambio variaz zmian zmen измен статус alterac "
    "evolut degis remark comment observ uwag bemerk hinweis opmerk anmark poznamk примеч حال تغيير ملاحظ 状态 变更 備考 备注 变化 状態 変更"
)
_OTHER = of(
    "old previous prev prior former ancien anterior precedent vecchi poprzedn стар прежн предыд eski onceki oude vorig قديم سابق 旧 原价 "
    "bisherig vorherig offpeak creus nacht noche nuit notte weekend wochenend night evening diff delta sms mms created modified updat "
    "issue margin marge marza монет currenc wahrung valut devise moned waluta para валют عمل 货币 通貨 origin source caller"
)
_MOVES = of("change chang increas decreas cambio variaz ander zmian измен evolut alterac degis 变 تغيير")
_OTHERS_WHOLE = frozenset(
    {"alt", "alte", "alter", "oud", "stara", "stary", "stare", "off", "current", "id", "nr", "no"}
)
_CURRENCY_SIGNS = frozenset("$€£¥₹₽₺₴")
_MINUTE_WORDS = frozenset(
    [
        "min", "mins", "minute", "minutes", "per", "in", "ex", "vat", "excl", "incl", "net", "netto", "ht", "minuto", "minuta",
        "dk", "мин", "xf", "pro", "par", "por", "voice",
    ]
)  # fmt: skip


def bare(text: str) -> str:
    """A plain title without accents and Arabic articles."""
    parts = unicodedata.normalize("NFKD", text.translate(_SPECIAL))
    return _ARTICLE.sub("", "".join(char for char in parts if not unicodedata.combining(char)))


@lru_cache(maxsize=4096)
def has(text: str, stems: Stems) -> bool:
    """Whether one of the stems stands in the title."""
    tokens = text.split()
    return any(
        (stem in text)
        if _WIDE.search(stem)
        else any(token.startswith(stem) if len(stem) < _INSIDE else stem in token for token in tokens)
        for stem in stems
    )


def _is_until(text: str) -> bool:
    return has(text, _UNTIL_ALONE) or (
        (has(text, _DAY) or has(text, _SINCE))
        and bool(set(text.split()) & {"to", "bis", "tot", "end", "ende", "do", "до", "fin", "fine"})
    )


def _is_fee(text: str) -> bool:
    if has(text, _FEE_ALONE):
        return True
    return has(text, _FEE) and (has(text, _FEE_WORD) or has(text, _PRICE))


def _is_since(text: str) -> bool:
    tokens = set(text.split())
    if has(text, _DAY) and has(text, _MOVES):
        return not tokens & _LAST
    return has(text, _SINCE) or (has(text, _DAY) and bool(tokens & set(_FROM)))


def _is_first(text: str) -> bool:
    # At the end of a title `min` is the minute.
    tokens = text.split()
    is_first = (
        bool(set(tokens[:1]) & set(_FIRST)) or bool({*tokens[-1:]} & _FIRST_LAST) or has(text, _FIRST_LONG)
    )
    return is_first and has(text, _SPAN)


def _is_next(text: str) -> bool:
    return has(text, _NEXT) and has(text, _SPAN)


_EARLIER: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("effective_until", _is_until),
    ("rate", lambda text: bool(_PRICE_WORDS & set(text.split())) and bool(_TIME_UNIT.search(text))),
    ("connection_fee", _is_fee),
    ("effective_date", _is_since),
    (
        "initial_increment",
        lambda text: _is_first(text) and not _is_next(text) and not has(text, _PRICE_ONLY),
    ),
    (
        "subsequent_increment",
        lambda text: _is_next(text) and not _is_first(text) and not has(text, _PRICE_ONLY),
    ),
    ("increment", lambda text: has(text, _STEP)),
    ("rate", lambda text: has(text, _PRICE) and not has(text, _CODE) and not has(text, _NAME)),
    ("destination", lambda text: has(text, _NAME) and not has(text, _FEE_WORD)),
)


def role_by_stems(plain: str, currencies: Collection[str], title: str) -> tuple[str, float] | None:
    """(role, how sure) of a plain title (see `words.plain`) by its stems, in a rate sheet; `title` keeps the signs."""
    role = _role(plain, currencies, title)
    if role is None:
        return None
    return role, SURE + 0.1 if role == "rate" and has(bare(plain), _MINUTE) else SURE


def _role(plain: str, currencies: Collection[str], title: str) -> str | None:
    text = bare(plain)
    tokens = set(text.split())
    if tokens & _OTHERS_WHOLE or has(text, _OTHER) or (has(text, _PRICE) and has(text, _NAME)):
        return None
    if has(text, _PRICE) and has(text, _MOVES):
        return "status"
    if _is_money(tokens, currencies, title):
        return "rate"
    for role, fits in _EARLIER:
        if fits(text):
            return role
    if has(text, _CODE) and "indicator" not in tokens:
        if has(text, _AREA) and not has(text, _COUNTRY):
            return "area_code"
        return "country_code" if has(text, _COUNTRY) and not has(text, _AREA) else "prefix"
    if has(text, _PLACE):
        return "destination"
    return "status" if has(text, _STATE) else None


def is_price(plain: str) -> bool:
    """Whether a plain title speaks of a price or a fee and of no code."""
    text = bare(plain)
    return (has(text, _PRICE) or has(text, _FEE_WORD)) and not has(text, _CODE)


def is_other(plain: str) -> bool:
    """Whether a plain title speaks of what was before, of other hours, of something else."""
    text = bare(plain)
    return bool(set(text.split()) & _OTHERS_WHOLE) or has(text, _OTHER)


def _is_money(tokens: set[str], currencies: Collection[str], title: str) -> bool:
    """`USD`, `EUR/min`, `€/min`: nothing but a currency and the minute."""
    named = {token for token in tokens if token.upper() in currencies}
    signed = any(sign in title for sign in _CURRENCY_SIGNS)
    return bool(named or signed) and tokens - named <= _MINUTE_WORDS and (len(title) <= 24)
