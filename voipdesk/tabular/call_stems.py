"""What a title of a call file means by the stems of its words, as `stems` does it for rate sheets: who called whom,
when, how long, and how it ended, in the languages that switches and carriers write.
"""

from voipdesk.tabular.stems import SURE, Stems, bare, has, of

_CALLED = of(
    "called callee dialed dialled dst dest dnis cld terminat angeruf gewahlt gewaehlt ziel appele compose "
    "chiamato destinat llamado marcado discado chamado wybran docelow aranan вызываем вызванн набран назначен "
    "مطلوب مستقبل متصلبه 被叫 着信 gebeld uppringd mottag volane cilov καλουμεν κληθ נקרא יעד مقصد 착신 수신 "
    "hivott apelat vastaan tujuan recipient receiver bnumber"
)
_CALLER = of(
    "викащ звъня calling caller src source originat origin orig anruf rufend absender appelan emetteur "
    "chiamante mittente llamante emisor chamador originador dzwoni arayan исход вызывающ звонящ متصل 主叫 "
    "مبدا 発信 beller ringande volajici καλουντ καλων מתקשר מחייג تماس 발신 hivo apelant soittaja pemanggil "
    "anumber sender"
)
_PARTY = of(
    "number no nr num numero numer nummer nomer номер phone tel telefon party msisdn user uri digits line رقم "
    "هاتف 号码 番号 번호 מספר شماره"
)
_NO_PARTY = of(
    "name nombre nom nome nazwa имя domain host ip addr type typ tag country countr city region location zone "
    "codec device port channel chan trunk carrier categ prefix network operat group rate price cost extension "
    "tz node span leg unicode partition"
)
_LASTS = of(
    "segund sekund секунд saniye тривал продълж trajan trvanj ilgum trukm kestus durasi durat dauer duree "
    "durac duraz trwan sure длит продолж مده مدت 时长 時長 通話時間 duur varaktig delka trvan kesto varighet "
    "gespreksduur belduur samtalslangd samtalstid doba dlug "
    "dlz hossz διαρκ משך 통화시간 idotartam length talktime langd lengd langde minut minuut минут billsec talk "
    "conversation gesprachszeit lama"
)
_TALKED = of(
    "bill charg talk conv gesprach factur fatur fattur tarif тариф rated answered connect speech rozm konus "
    "разговор 通话 计费 taxat tasad"
)
_SECONDS = frozenset(of("s sec secs second seconds min mins minutes sek seg"))
_WAITED = of("ring alert wait hold queue park setup pdd post delay attente klingel sonner 振铃")
_WAITING: Stems = tuple(stem for stem in _WAITED if stem != "setup")
_BEGINS = of(
    "start begin setup initiat debut inicio inizio beginn poczat начал старт بدء بدايه 开始 起始 開始 baslang "
    "zacat alku kezd εναρξ התחל شروع 시작 mulai call appel anruf llamad chiamat chamad polacz вызов звонк "
    "gesprek samtal hovor κλησ שיחה arama"
)
_ANSWERS = of("answer connect repons antwort respuest rispost odebr ответ 接通 应答 応答 yanit cevap")
_DAY = of(
    "date datum data fecha tarih дата تاريخ تاریخ 日期 日時 dato ημερομην תאריך 날짜 일시 tanggal ngay paiva "
    "datetime timestamp"
)
_CLOCK = of(
    "time heure uhrzeit zeit hora ora godzina saat время وقت 时间 時刻 tid tijd cas ωρα שעה زمان 시간 waktu "
    "aika"
)
_OVER = of(
    "last end ende disconnect stop hangup release finish fim fin fine koniec zakon оконч заверш конец نهايه "
    "انتهاء 结束 終了 bitis konec slut einde eind zone modif updat creat expir valid effect"
)
_OUTCOME = of(
    "status result dispos cause reason etat ergebnis estado esito wynik durum sonuc результ статус причин "
    "حاله نتيجه 结果 状态 原因 stav κατασταση סטטוס"
)
_CALL = of("call session record cdr sip uniq acct corr trans appel anruf llamad chiamat ident")
_ID = frozenset({"id", "uuid", "guid", "identifier", "ref", "reference", "sid"})
_OWN = frozenset(
    of(
        "own eigene eigener egen egna propio propia propria proprio mio minha własny własna vlastni sajat внутренний "
        "наш poste extension extensio interno ramal anschluss nebenstelle dahili anexo"
    )
)
"""Words of a title for one's own number or line."""

_PAYER = of(
    "account customer client kunde kundennum compte cliente konto abonent абонент клиент حساب عميل 账户 客户 "
    "musteri klient subscriber"
)
_MONEY = of(
    "price cost amount fee rate rates tariff currency prix preis kosten precio prezzo preco valor importo "
    "koszt cena ucret fiyat стоим цена سعر تكلف 费用 费率 料金 total tax balance minutes_left"
)


def call_role(plain: str) -> tuple[str, float] | None:
    """(role, how sure) of a plain title (see `words.plain`) by its stems, in a call file."""
    text = bare(plain)
    role = _when_or_how_long(text) or _whom_or_how(text)
    return (role, SURE) if role else None


def is_money(plain: str) -> bool:
    """Whether a plain title speaks of an amount: what somebody paid is not who he was."""
    return has(bare(plain), _MONEY)


def is_over(plain: str) -> bool:
    """Whether a plain title speaks of when something ended, was changed or written down."""
    return has(bare(plain), _OVER)


def _when_or_how_long(text: str) -> str | None:
    tokens = set(text.split())
    if has(text, _TALKED) and tokens & _SECONDS and not has(text, _MONEY) and not has(text, _WAITED):
        return "billsec"
    if has(text, _LASTS):
        if has(text, _WAITED) or has(text, _MONEY):
            return None
        return "billsec" if has(text, _TALKED) else "duration"
    is_day, is_clock = has(text, _DAY), has(text, _CLOCK)
    if not (is_day or is_clock) or has(text, _OVER) or has(text, _WAITING):
        return None
    if has(text, _ANSWERS):
        return "answer"
    return "start" if is_day or has(text, _BEGINS) else "time"


def _whom_or_how(text: str) -> str | None:
    tokens = set(text.split())
    if (
        tokens & _ID
        and has(" ".join(sorted(tokens - _ID)), _CALL)
        and not has(text, _CALLED)
        and "caller" not in tokens
    ):
        return "unique_id"
    if has(text, _OUTCOME):
        return None if has(text, _MONEY) else "disposition"
    if has(text, _MONEY) or has(text, _NO_PARTY):
        return None
    if tokens & _OWN:
        return "caller"
    is_party = has(text, _PARTY)
    if has(text, _CALLED) or (is_party and tokens & {"to", "b", "б"}):
        return "called"
    if has(text, _CALLER) or (is_party and tokens & {"from", "a", "а"}) or tokens & {"cli", "ani"}:
        return "caller"
    return "account" if has(text, _PAYER) else None
