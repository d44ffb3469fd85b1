"""Texts: what a message says in each language, when the operator wrote no template of their own."""

from types import MappingProxyType

from msgspec import Struct


class Wording(Struct, frozen=True):
    """One language's sentences.

    `plain` holds `{code}`, `branded` holds `{code}` and `{app}`, `warning` may follow either.
    With a code of ten digits, a name of eleven characters and an app hash on its own line, all of
    it is one segment; where the language allows it naturally, without leaving GSM-7.
    """

    plain: str
    branded: str
    warning: str

    def warned(self, sentence: str) -> str:
        """A sentence with the warning after it; Chinese and Japanese put no space between."""
        return sentence + ("" if sentence.endswith("。") else " ") + self.warning


TEXTS = MappingProxyType(
    {
        "af": Wording("Jou kode is {code}.", "Jou {app}-kode is {code}.", "Moenie dit deel nie."),
        "ar": Wording("رمزك هو {code}.", "رمزك في {app} هو {code}.", "لا تشاركه مع أحد."),
        "az": Wording("Kodunuz: {code}.", "{app} kodunuz: {code}.", "Kodu heç kimə verməyin."),
        "be": Wording("Ваш код: {code}.", "Ваш код {app}: {code}.", "Нікому яго не кажыце."),
        "bg": Wording("Вашият код е {code}.", "Вашият код за {app} е {code}.", "Не го споделяйте."),
        "bn": Wording("আপনার কোড {code}।", "আপনার {app} কোড {code}।", "কাউকে জানাবেন না।"),
        "bs": Wording(
            "Kod za potvrdu je {code}.", "Kod za {app} je {code}.", "Ne dijelite ga ni s kim."
        ),
        "ca": Wording(
            "El codi és {code}.", "El codi per a {app} és {code}.", "No el comparteixis."
        ),
        "cs": Wording("Váš kód: {code}.", "Váš kód pro {app}: {code}.", "Nikomu ho nesdělujte."),
        "da": Wording(
            "Din kode er {code}.", "Din kode til {app} er {code}.", "Del den ikke med nogen."
        ),
        "de": Wording(
            "Ihr Code lautet {code}.",
            "Ihr Code für {app} lautet {code}.",
            "Geben Sie ihn nicht weiter.",
        ),
        "el": Wording(
            "Ο κωδικός σας είναι {code}.", "Κωδικός για {app}: {code}.", "Μην τον μοιραστείτε."
        ),
        "en": Wording("Your code is {code}.", "{code} is your {app} code.", "Do not share it."),
        "es": Wording("Tu clave es {code}.", "Tu clave de {app} es {code}.", "No la compartas."),
        "et": Wording("Teie kood on {code}.", "Teie {app} kood on {code}.", "Ärge jagage seda."),
        "fa": Wording("کد شما {code} است.", "کد {app} شما {code} است.", "آن را به کسی ندهید."),
        "fi": Wording(
            "Koodisi on {code}.", "{app}-koodisi on {code}.", "Älä jaa sitä kenellekään."
        ),
        "fil": Wording(
            "Ang code mo ay {code}.", "Ang {app} code mo ay {code}.", "Huwag itong ibahagi."
        ),
        "fr": Wording(
            "Votre code est {code}.", "Votre code {app} est {code}.", "Ne le partagez pas."
        ),
        "gu": Wording("તમારો કોડ {code} છે.", "તમારો {app} કોડ {code} છે.", "કોઈને કહેશો નહીં."),
        "he": Wording("הקוד שלך הוא {code}.", "הקוד שלך ב-{app} הוא {code}.", "אין לשתף אותו."),
        "hi": Wording("आपका कोड {code} है।", "आपका {app} कोड {code} है।", "इसे किसी को न बताएं।"),
        "hr": Wording(
            "Kod za potvrdu je {code}.", "Kod za {app} je {code}.", "Ne dijelite ga ni s kim."
        ),
        "hu": Wording("Az Ön kódja: {code}.", "{app} kód: {code}.", "Ne ossza meg senkivel."),
        "hy": Wording("Ձեր կոդը՝ {code}։", "Ձեր {app} կոդը՝ {code}։", "Ոչ մեկին մի հայտնեք։"),
        "id": Wording("Kode Anda {code}.", "Kode {app} Anda {code}.", "Jangan bagikan kode ini."),
        "is": Wording(
            "Kóðinn þinn er {code}.", "{app}-kóðinn þinn er {code}.", "Ekki deila honum."
        ),
        "it": Wording(
            "Il tuo codice è {code}.", "Il tuo codice {app} è {code}.", "Non condividerlo."
        ),
        "ja": Wording(
            "認証コードは{code}です。",
            "{app}の認証コードは{code}です。",
            "他人に教えないでください。",
        ),
        "ka": Wording("თქვენი კოდია {code}.", "თქვენი {app} კოდია {code}.", "არავის გაუზიაროთ."),
        "kk": Wording("Сіздің кодыңыз: {code}.", "{app} кодыңыз: {code}.", "Оны ешкімге айтпаңыз."),
        "ko": Wording(
            "인증 코드는 {code}입니다.",
            "{app} 인증 코드는 {code}입니다.",
            "타인에게 알려주지 마세요.",
        ),
        "lt": Wording("Kodas: {code}.", "{app} kodas: {code}.", "Niekam jo neatskleiskite."),
        "lv": Wording("Kods: {code}.", "{app} kods: {code}.", "Nevienam to neizpaudiet."),
        "mk": Wording("Вашиот код е {code}.", "Кодот за {app} е {code}.", "Не го споделувајте."),
        "mn": Wording("Таны код: {code}.", "Таны {app} код: {code}.", "Хэнд ч бүү хэлээрэй."),
        "mr": Wording("तुमचा कोड {code} आहे.", "तुमचा {app} कोड {code} आहे.", "कोणालाही सांगू नका."),
        "ms": Wording(
            "Kod anda ialah {code}.", "Kod {app} anda ialah {code}.", "Jangan kongsikannya."
        ),
        "nb": Wording(
            "Koden din er {code}.", "Koden din for {app} er {code}.", "Ikke del den med noen."
        ),
        "nl": Wording("Je code is {code}.", "Je {app}-code is {code}.", "Deel deze met niemand."),
        "pl": Wording("Kod weryfikacyjny: {code}.", "Kod {app}: {code}.", "Nikomu go nie podawaj."),
        "pt": Wording("O seu código é {code}.", "O seu código {app} é {code}.", "Não o partilhe."),
        "pt-BR": Wording("Seu código é {code}.", "Seu código {app} é {code}.", "Não compartilhe."),
        "ro": Wording("Codul este {code}.", "Codul pentru {app} este {code}.", "Nu divulga codul."),
        "ru": Wording("Ваш код: {code}.", "Ваш код {app}: {code}.", "Никому его не сообщайте."),
        "sk": Wording("Váš kód je {code}.", "Váš kód pre {app}: {code}.", "Nikomu ho nehovorte."),
        "sl": Wording("Koda je {code}.", "Koda za {app} je {code}.", "Ne delite je z nikomer."),
        "sq": Wording("Kodi juaj: {code}.", "Kodi juaj {app}: {code}.", "Mos e jepni kodin."),
        "sr": Wording("Ваш код је {code}.", "Код за {app} је {code}.", "Не делите га ни са ким."),
        "sr-Latn": Wording(
            "Kod za potvrdu je {code}.", "Kod za {app} je {code}.", "Ne delite ga ni sa kim."
        ),
        "sv": Wording(
            "Din kod är {code}.", "Din kod för {app} är {code}.", "Dela den inte med någon."
        ),
        "sw": Wording(
            "Nambari yako ni {code}.", "Nambari yako ya {app} ni {code}.", "Usimpe mtu yeyote."
        ),
        "ta": Wording("உங்கள் குறியீடு {code}.", "உங்கள் {app} குறியீடு {code}.", "பகிர வேண்டாம்."),
        "te": Wording("మీ కోడ్ {code}.", "మీ {app} కోడ్ {code}.", "ఎవరికీ చెప్పకండి."),
        "th": Wording("รหัสของคุณคือ {code}", "รหัส {app} ของคุณคือ {code}", "ห้ามบอกผู้อื่น"),
        "tr": Wording("Kodunuz: {code}.", "{app} kodunuz: {code}.", "Kimseye vermeyin."),
        "uk": Wording("Ваш код: {code}.", "Ваш код {app}: {code}.", "Нікому його не кажіть."),
        "ur": Wording("آپ کا کوڈ {code} ہے۔", "آپ کا {app} کوڈ {code} ہے۔", "کسی کو نہ بتائیں۔"),
        "uz": Wording("Kodingiz: {code}.", "{app} kodingiz: {code}.", "Uni hech kimga aytmang."),
        "vi": Wording("Mã của bạn là {code}.", "Mã {app} của bạn là {code}.", "Đừng chia sẻ mã."),
        "zh": Wording("您的验证码是{code}。", "您的{app}验证码是{code}。", "请勿告知他人。"),
        "zh-TW": Wording("您的驗證碼是{code}。", "您的{app}驗證碼是{code}。", "請勿告知他人。"),
    }
)
"""BCP 47 tag to our own words; machine-assisted translations, which templates may override."""

LOCALES = frozenset(TEXTS)
"""What `resolve_locale` may choose from when there is no template."""

SPOKEN = MappingProxyType(
    {
        "ar": "رمزك هو: {digits}.",
        "de": "Ihr Code lautet: {digits}.",
        "en": "Your code is: {digits}.",
        "es": "Tu código es: {digits}.",
        "fr": "Votre code est : {digits}.",
        "hi": "आपका कोड है: {digits}।",
        "id": "Kode Anda adalah: {digits}.",
        "it": "Il tuo codice è: {digits}.",
        "ja": "認証コードは、{digits}、です。",
        "ko": "인증 코드는 {digits} 입니다.",
        "nl": "Je code is: {digits}.",
        "pl": "Twój kod to: {digits}.",
        "pt": "O seu código é: {digits}.",
        "pt-BR": "Seu código é: {digits}.",
        "ru": "Ваш код: {digits}.",
        "tr": "Kodunuz: {digits}.",
        "vi": "Mã của bạn là: {digits}.",
        "zh": "您的验证码是：{digits}。",
    }
)
"""Locale to the sentence a call speaks; `{digits}` is the code with its digits said apart."""

SPOKEN_LOCALES = frozenset(SPOKEN)
"""What `resolve_locale` may choose from for a voice call."""
