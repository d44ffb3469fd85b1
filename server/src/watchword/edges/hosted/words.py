"""Words: what the hosted page says in each of its languages."""

from types import MappingProxyType

from msgspec import Struct

from watchword.domain.hosted_session import Word


class Words(Struct, frozen=True, kw_only=True):
    """One language's sentences; `{…}` are filled in where they are shown."""

    title: str
    intro: str
    intro_fixed: str
    country: str
    choose: str
    number: str
    send: str
    enter: str
    sent_to: str
    code: str
    verify: str
    change: str
    again: str
    again_in: str
    verified: str
    confirmed: str
    back: str
    gone: str
    gone_text: str
    trouble: str
    protected: str
    example: str
    told: dict[Word, str]


WORDS = MappingProxyType(
    {
        "en": Words(
            title="Verify your phone",
            intro="We will send you a one-time code. Message rates may apply.",
            intro_fixed="We will send a one-time code to {number}. Message rates may apply.",
            country="Country",
            choose="Choose a country",
            number="Phone number",
            send="Send code",
            enter="Enter the code",
            sent_to="Sent to {number}.",
            code="{length}-digit code",
            verify="Verify",
            change="Change number",
            again="Send a new code",
            again_in="Send a new code in {seconds} s",
            verified="Verified",
            confirmed="{number} is confirmed. You can return to {name}.",
            back="Back to {name}",
            gone="This page has expired",
            gone_text="Go back to where you came from and start again.",
            trouble="Something went wrong. Nothing was changed: please try again in a moment.",
            protected="Protected by Watchword · never share this code",
            example="Example: {example}",
            told={
                Word.NUMBER_INVALID: "That is not a phone number in {country}.",
                Word.NUMBER_CANNOT: "That number cannot receive a code. Try a mobile number.",
                Word.NUMBER_REFUSED: "We cannot send a code to that number. Try another one.",
                Word.TOO_MANY_CODES: "Too many codes were asked for. Try again later.",
                Word.TOO_MANY_NUMBERS: "Too many numbers were tried. Go back and start again.",
                Word.CODE_INCOMPLETE: "Enter all {length} digits of the code.",
                Word.CODE_WRONG: "That code is not right. Look again and retype it.",
                Word.CODE_EXPIRED: "That code has expired. Ask for a new one.",
                Word.CODE_USED: "That code was used already. Ask for a new one.",
                Word.TOO_MANY_TRIES: "Too many wrong codes. Try again in a few minutes.",
                Word.NOT_SENT: "The code could not be sent. Check the number.",
                Word.WAIT: "Please wait {seconds} s before you ask for a new code.",
                Word.UNAVAILABLE: "We cannot send a code right now. Try again later.",
                Word.SENT_AGAIN: "A new code is on its way.",
            },
        ),
        "fr": Words(
            title="Vérifiez votre téléphone",
            intro="Nous allons vous envoyer un code à usage unique. Des frais peuvent s’appliquer.",
            intro_fixed="Nous allons envoyer un code à usage unique au {number}. "
            "Des frais peuvent s’appliquer.",
            country="Pays",
            choose="Choisissez un pays",
            number="Numéro de téléphone",
            send="Envoyer le code",
            enter="Saisissez le code",
            sent_to="Envoyé au {number}.",
            code="Code à {length} chiffres",
            verify="Vérifier",
            change="Changer de numéro",
            again="Envoyer un nouveau code",
            again_in="Envoyer un nouveau code dans {seconds} s",
            verified="Vérifié",
            confirmed="Le {number} est confirmé. Vous pouvez retourner sur {name}.",
            back="Retour à {name}",
            gone="Cette page a expiré",
            gone_text="Revenez là d’où vous venez et recommencez.",
            trouble="Une erreur s’est produite. Rien n’a changé : réessayez dans un instant.",
            protected="Protégé par Watchword · ne partagez jamais ce code",
            example="Exemple : {example}",
            told={
                Word.NUMBER_INVALID: "Ce n’est pas un numéro de téléphone valable ({country}).",
                Word.NUMBER_CANNOT: "Ce numéro ne peut pas recevoir de code. Essayez un mobile.",
                Word.NUMBER_REFUSED: "Nous ne pouvons pas envoyer de code à ce numéro. "
                "Essayez-en un autre.",
                Word.TOO_MANY_CODES: "Trop de codes ont été demandés. Réessayez plus tard.",
                Word.TOO_MANY_NUMBERS: "Trop de numéros ont été essayés. Revenez et recommencez.",
                Word.CODE_INCOMPLETE: "Saisissez les {length} chiffres du code.",
                Word.CODE_WRONG: "Ce code n’est pas le bon. Vérifiez-le et saisissez-le à nouveau.",
                Word.CODE_EXPIRED: "Ce code a expiré. Demandez-en un nouveau.",
                Word.CODE_USED: "Ce code a déjà été utilisé. Demandez-en un nouveau.",
                Word.TOO_MANY_TRIES: "Trop de codes erronés. Réessayez dans quelques minutes.",
                Word.NOT_SENT: "Le code n’a pas pu être envoyé. Vérifiez le numéro.",
                Word.WAIT: "Attendez {seconds} s avant de demander un nouveau code.",
                Word.UNAVAILABLE: "Nous ne pouvons pas envoyer de code maintenant. "
                "Réessayez plus tard.",
                Word.SENT_AGAIN: "Un nouveau code est en route.",
            },
        ),
        "de": Words(
            title="Telefon bestätigen",
            intro="Wir senden Ihnen einen Einmalcode. Es können Kosten anfallen.",
            intro_fixed="Wir senden einen Einmalcode an {number}. Es können Kosten anfallen.",
            country="Land",
            choose="Land auswählen",
            number="Telefonnummer",
            send="Code senden",
            enter="Code eingeben",
            sent_to="Gesendet an {number}.",
            code="{length}-stelliger Code",
            verify="Bestätigen",
            change="Nummer ändern",
            again="Neuen Code senden",
            again_in="Neuen Code senden in {seconds} s",
            verified="Bestätigt",
            confirmed="{number} ist bestätigt. Sie können zu {name} zurückkehren.",
            back="Zurück zu {name}",
            gone="Diese Seite ist abgelaufen",
            gone_text="Gehen Sie dorthin zurück, woher Sie kamen, und beginnen Sie von vorn.",
            trouble="Etwas ging schief. Es wurde nichts geändert: Versuchen Sie es gleich noch einmal.",
            protected="Geschützt durch Watchword · Code niemals weitergeben",
            example="Beispiel: {example}",
            told={
                Word.NUMBER_INVALID: "Das ist keine gültige Telefonnummer ({country}).",
                Word.NUMBER_CANNOT: "Diese Nummer kann keinen Code empfangen. "
                "Versuchen Sie eine Mobilnummer.",
                Word.NUMBER_REFUSED: "An diese Nummer können wir keinen Code senden. "
                "Versuchen Sie eine andere.",
                Word.TOO_MANY_CODES: "Es wurden zu viele Codes angefordert. "
                "Versuchen Sie es später wieder.",
                Word.TOO_MANY_NUMBERS: "Es wurden zu viele Nummern versucht. "
                "Gehen Sie zurück und beginnen Sie von vorn.",
                Word.CODE_INCOMPLETE: "Geben Sie alle {length} Ziffern des Codes ein.",
                Word.CODE_WRONG: "Dieser Code stimmt nicht. Prüfen Sie ihn und geben Sie ihn neu ein.",
                Word.CODE_EXPIRED: "Dieser Code ist abgelaufen. Fordern Sie einen neuen an.",
                Word.CODE_USED: "Dieser Code wurde schon benutzt. Fordern Sie einen neuen an.",
                Word.TOO_MANY_TRIES: "Zu viele falsche Codes. Versuchen Sie es in einigen Minuten.",
                Word.NOT_SENT: "Der Code konnte nicht gesendet werden. Prüfen Sie die Nummer.",
                Word.WAIT: "Bitte warten Sie {seconds} s, bevor Sie einen neuen Code anfordern.",
                Word.UNAVAILABLE: "Wir können gerade keinen Code senden. "
                "Versuchen Sie es später wieder.",
                Word.SENT_AGAIN: "Ein neuer Code ist unterwegs.",
            },
        ),
        "es": Words(
            title="Verifica tu teléfono",
            intro="Te enviaremos un código de un solo uso. Puede tener coste.",
            intro_fixed="Enviaremos un código de un solo uso al {number}. Puede tener coste.",
            country="País",
            choose="Elige un país",
            number="Número de teléfono",
            send="Enviar código",
            enter="Introduce el código",
            sent_to="Enviado al {number}.",
            code="Código de {length} cifras",
            verify="Verificar",
            change="Cambiar número",
            again="Enviar otro código",
            again_in="Enviar otro código en {seconds} s",
            verified="Verificado",
            confirmed="El {number} está confirmado. Puedes volver a {name}.",
            back="Volver a {name}",
            gone="Esta página ha caducado",
            gone_text="Vuelve al sitio de donde venías y empieza de nuevo.",
            trouble="Algo ha fallado. No se ha cambiado nada: inténtalo de nuevo en un momento.",
            protected="Protegido por Watchword · no compartas nunca este código",
            example="Ejemplo: {example}",
            told={
                Word.NUMBER_INVALID: "Ese no es un número de teléfono válido ({country}).",
                Word.NUMBER_CANNOT: "Ese número no puede recibir códigos. Prueba con un móvil.",
                Word.NUMBER_REFUSED: "No podemos enviar un código a ese número. Prueba con otro.",
                Word.TOO_MANY_CODES: "Se han pedido demasiados códigos. Inténtalo más tarde.",
                Word.TOO_MANY_NUMBERS: "Se han probado demasiados números. Vuelve y empieza de nuevo.",
                Word.CODE_INCOMPLETE: "Introduce las {length} cifras del código.",
                Word.CODE_WRONG: "Ese código no es correcto. Míralo otra vez y escríbelo de nuevo.",
                Word.CODE_EXPIRED: "Ese código ha caducado. Pide otro.",
                Word.CODE_USED: "Ese código ya se ha usado. Pide otro.",
                Word.TOO_MANY_TRIES: "Demasiados códigos incorrectos. "
                "Inténtalo dentro de unos minutos.",
                Word.NOT_SENT: "No se ha podido enviar el código. Comprueba el número.",
                Word.WAIT: "Espera {seconds} s antes de pedir otro código.",
                Word.UNAVAILABLE: "Ahora no podemos enviar códigos. Inténtalo más tarde.",
                Word.SENT_AGAIN: "Hay un código nuevo en camino.",
            },
        ),
        "pt": Words(
            title="Verifique o seu telefone",
            intro="Vamos enviar-lhe um código de utilização única. Pode ter custos.",
            intro_fixed="Vamos enviar um código de utilização única para {number}. Pode ter custos.",
            country="País",
            choose="Escolha um país",
            number="Número de telefone",
            send="Enviar código",
            enter="Introduza o código",
            sent_to="Enviado para {number}.",
            code="Código de {length} dígitos",
            verify="Verificar",
            change="Alterar número",
            again="Enviar novo código",
            again_in="Enviar novo código em {seconds} s",
            verified="Verificado",
            confirmed="{number} está confirmado. Pode voltar a {name}.",
            back="Voltar a {name}",
            gone="Esta página expirou",
            gone_text="Volte ao sítio de onde veio e comece de novo.",
            trouble="Algo correu mal. Nada foi alterado: tente de novo daqui a pouco.",
            protected="Protegido por Watchword · nunca partilhe este código",
            example="Exemplo: {example}",
            told={
                Word.NUMBER_INVALID: "Esse não é um número de telefone válido ({country}).",
                Word.NUMBER_CANNOT: "Esse número não pode receber códigos. Tente um telemóvel.",
                Word.NUMBER_REFUSED: "Não podemos enviar um código para esse número. Tente outro.",
                Word.TOO_MANY_CODES: "Foram pedidos demasiados códigos. Tente mais tarde.",
                Word.TOO_MANY_NUMBERS: "Foram tentados demasiados números. Volte e comece de novo.",
                Word.CODE_INCOMPLETE: "Introduza os {length} dígitos do código.",
                Word.CODE_WRONG: "Esse código não está certo. Confirme-o e escreva-o de novo.",
                Word.CODE_EXPIRED: "Esse código expirou. Peça um novo.",
                Word.CODE_USED: "Esse código já foi usado. Peça um novo.",
                Word.TOO_MANY_TRIES: "Demasiados códigos errados. Tente daqui a alguns minutos.",
                Word.NOT_SENT: "Não foi possível enviar o código. Confirme o número.",
                Word.WAIT: "Aguarde {seconds} s antes de pedir um novo código.",
                Word.UNAVAILABLE: "Agora não podemos enviar códigos. Tente mais tarde.",
                Word.SENT_AGAIN: "Um novo código vai a caminho.",
            },
        ),
        "it": Words(
            title="Verifica il tuo telefono",
            intro="Ti invieremo un codice monouso. Potrebbero essere applicati dei costi.",
            intro_fixed="Invieremo un codice monouso al {number}. "
            "Potrebbero essere applicati dei costi.",
            country="Paese",
            choose="Scegli un paese",
            number="Numero di telefono",
            send="Invia codice",
            enter="Inserisci il codice",
            sent_to="Inviato al {number}.",
            code="Codice di {length} cifre",
            verify="Verifica",
            change="Cambia numero",
            again="Invia un nuovo codice",
            again_in="Invia un nuovo codice tra {seconds} s",
            verified="Verificato",
            confirmed="Il numero {number} è confermato. Puoi tornare a {name}.",
            back="Torna a {name}",
            gone="Questa pagina è scaduta",
            gone_text="Torna da dove sei venuto e ricomincia.",
            trouble="Qualcosa è andato storto. Non è cambiato nulla: riprova tra un momento.",
            protected="Protetto da Watchword · non condividere mai questo codice",
            example="Esempio: {example}",
            told={
                Word.NUMBER_INVALID: "Non è un numero di telefono valido ({country}).",
                Word.NUMBER_CANNOT: "Questo numero non può ricevere codici. Prova con un cellulare.",
                Word.NUMBER_REFUSED: "Non possiamo inviare un codice a questo numero. "
                "Prova con un altro.",
                Word.TOO_MANY_CODES: "Sono stati chiesti troppi codici. Riprova più tardi.",
                Word.TOO_MANY_NUMBERS: "Sono stati provati troppi numeri. Torna indietro e ricomincia.",
                Word.CODE_INCOMPLETE: "Inserisci tutte le {length} cifre del codice.",
                Word.CODE_WRONG: "Il codice non è corretto. Controllalo e riscrivilo.",
                Word.CODE_EXPIRED: "Il codice è scaduto. Chiedine uno nuovo.",
                Word.CODE_USED: "Il codice è già stato usato. Chiedine uno nuovo.",
                Word.TOO_MANY_TRIES: "Troppi codici sbagliati. Riprova tra qualche minuto.",
                Word.NOT_SENT: "Non è stato possibile inviare il codice. Controlla il numero.",
                Word.WAIT: "Attendi {seconds} s prima di chiedere un nuovo codice.",
                Word.UNAVAILABLE: "Ora non possiamo inviare codici. Riprova più tardi.",
                Word.SENT_AGAIN: "Un nuovo codice è in arrivo.",
            },
        ),
    }
)
