"""The words of mail servers that tell what became of a mail, gathered from what they are known to say."""

from __future__ import annotations

import re

from crm.rules.foreign_bounce_words import NOBODY_THERE, NOBODY_THERE_WITHOUT_SPACES

ADDRESS = re.compile(r"[\w.!#$%&'*+?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-zA-Z][\w-]{1,62}")

_UNBROKEN = r"[^?\n]{0,120}"

DAEMONS = re.compile(
    r"mailer[-_. ]?daemon|mail[-_. ]?delivery[-_. ]?(?:subsystem|system|service)|postmaster|mail delivery system"
    r"|microsoft ?exchange[0-9a-f]{0,40}|system administrator|mdaemon|mail system|mailer|mail daemon|postoffice"
    r"|internet mail delivery|bounces?|mail administrator|mmdf|smtp|daemon|mail router|post[-_]master|delivery[-_. ]subsystem"
    r"|mail-?daemon|microsoft outlook|mailerdaemon|smtpgate.{0,20}|exchange|lotus notes router|mail-delivery"
)

NOTICE_SUBJECT = re.compile(
    r"undeliver|non[- ]?deliver|not (?:be )?deliver|delivery (?:status|failure|problem|error|notification|report|has failed)"
    r"|deliver(?:y|ing)? (?:incomplete|delayed|unsuccessful)|failure notice|mail (?:delivery )?fail|returned mail|return(?:ed|ing)"
    r"|message (?:could|status|delivery|not delivered)|mail system error|delivery.{0,20}(?:fail|suspend)|failed (?:mail|delivery)"
    r"|permanent (?:delivery )?(?:fatal )?(?:failure|error)|warning: (?:could not|message|mail)|bounce|nondeliverable|ndn:|dsn"
    r"|unzustellbar|nicht zugestellt|zustellung|übermittlung|no se puede entregar|no entregad|mensaje no entregado|devuelto"
    r"|non remis|non distribu|échec|non recapitab|mancato recapito|não entregue|falha na entrega|onbestelbaar"
    r"|kan niet worden|olevererbar|kunne ikke|nie dostarczon|недоставл|не доставлен|配信|送信できません|エラー|无法投递|退信|反송|couldn.t be delivered"
    r"|address not found|user unknown|delay(?:ed)?|mail could not|unable to deliver|cannot send|error sending|failed|failure",
    re.IGNORECASE,
)

PLAIN_SUBJECT = re.compile(
    r"(?:\[\w+\] )?(?:undeliver|mail (?:could )?not (?:be )?deliver|(?:e-?mail |mail |message )?delivery (?:failure|failed|warning|has failed|problem|status notif|notification)|failure notice"
    r"|returned mail|non[- ]?deliver|mail delivery|message (?:not delivered|undeliver|could not be|delivery fail)|(?:e-?mail|your message|message) (?:could not|couldn.t|cannot) be|unzustellbar|mail system error"
    r"|mensaje no entregado|no se puede entregar|non remis|mancato recapito|falha na entrega|mail fail|failed mail)",
    re.IGNORECASE,
)
"""A subject that only mail servers write; a person’s answer or forward begins with `Re:` or `Fwd:`."""

SAYS_UNDELIVERED = re.compile(
    r"error: invalid user|error message below:|(?:could not|couldn.t|was not|wasn.t|cannot|can not|can.t|has not|not) (?:yet )?(?:be(?:en)? |able to be )?deliver|(?:unable|not able|wasn.t able|failed) to deliver|not reach(?:ed)? (?:some|the|all|following)|undeliverable"
    r"|delivery (?:has |to [^\n]{1,80} )?failed|was not delivered|returned to (?:the )?sender|failed recipients?|konnte nicht (?:zugestellt|übermittelt)|no (?:pudo|ha podido|se pudo) (?:ser )?entreg|n.a pas pu (?:être|etre) (?:d[ée]livr|remis|distribu)"
    r"|non (?:è stato possibile|ha potuto) (?:consegn|recapit)|não (?:pôde|foi possível) (?:ser )?entreg|не (?:доставлено|удалось доставить)",
    re.IGNORECASE,
)

ONLY_UNDELIVERED = re.compile(
    rf"(?:your|the|this|votre|ihre|su|il suo) (?:message|e-?mail|mail|nachricht|mensaje|messaggio){_UNBROKEN}(?:could not be delivered|couldn.t be delivered|cannot be delivered|was not delivered|wasn.t delivered|is undeliverable"
    rf"|n.a pas pu [eê]tre (?:d[eé]livr[eé]|remis|distribu[eé])|konnte nicht zugestellt|no (?:pudo|ha podido|se pudo) (?:ser )?entrega|non (?:è stato possibile|ha potuto)){_UNBROKEN}",
    re.IGNORECASE,
)
"""A line that says to whom a mail of ours could not be delivered; where it is all there is, a server wrote it."""

WHOM = re.compile(
    r"(?:recipients?|address(?:es|\(es\))?|deliver(?:ed|y)?(?: to)?|undeliverable to|users?)\b[^@\n]{0,60}(?::|\bto\b|failed[^@\n]{0,20})\s{0,40}",
    re.IGNORECASE,
)
"""What stands before the address that could not be reached."""

SAID_IN_BODY = re.compile(
    r"deliver|recipient|mailbox|user unknown|unknown user|no such|not found|rejected|returned|could not be sent|quota"
    r"|undeliver|bounce|5\d\d |4\d\d |permanent|temporar|failed|failure|unable|zugestellt|empfänger|entreg|destinat"
    r"|remis|distribu|consegn|bezorg|levere|доставлен|получател|配信|宛先|送信|投递|收件人",
    re.IGNORECASE,
)

LATE = re.compile(
    r"(?:has|have) not (?:yet )?been (?:able to be )?delivered (?:yet|to|after|for)|still (?:being )?(?:retr|attempt|trying)"
    r"|will (?:continue to|keep) (?:be )?(?:retr|try|attempt)|will be retried|delivery (?:has been |is )?delayed|message delayed"
    r"|delivery incomplete|delayed mail|this is a warning (?:message )?only|you do not need to resend|not need to resend"
    r"|warning: (?:could not send|message) .{0,40}(?:past|delayed|still)|delivery status notification \(delay\)"
    r"|gmail will retry|no action is required on your part|delivery attempts will (?:continue|be)|has been postponed|advisory-only|is delayed for more than|(?:only a|is a) temporary (?:failure|problem|error) report|do not need to re-?send|temporary problem delivering|verzögert|se ha retrasado"
    r"|no es necesario que (?:lo )?vuelva|retrasad|retardé|remise .{0,20}différée|in ritardo|vertraagd|wird weiter versucht",
    re.IGNORECASE,
)

_WITHIN = r"(?:[^.\n]|\.(?=\w)){0,80}?"
"""Within one sentence; the dots of an address or of a host do not end it."""
_PLACE = r"(?:user|recipient|rcpt|account|mail[- ]?box|address(?:es)?|addressee|e-?mail|alias|domain|name)"
"""What a server calls that which it does not have."""

_SOMEBODY = r"(?:user(?:id)?|recipient|account|mail[- ]?(?:box|drop)|address(?:ee)?|alias|local[- ]part)"
_OF_A_KIND = r"(?:(?:e-?mail|mail|virtual|local|internal|destination|forwarding) )?"

DEAD = re.compile(
    r"(?<!\w)(?:recipient address rejected: access denied\. ?as\(|5\.4\.1 recipient address rejected: access denied"
    r"|(?:name|recipient|address|user) is not recognized|unknown host|no valid recipients|invalid final delivery|no matches to nameserver"
    r"|55[0-9][^\n]{0,60}mailbox (?:is )?(?:unavailable|not available)|mailbox unavailable\W{1,6}(?:smtp )?(?:error )?(?:code )?\W?55\d|did not (?:exactly )?match an|no longer exists|(?:wasn.t|isn.t|not) found (?:at|on) (?:[\w-]{1,63}\.){1,8}[a-z]{2,}|has been (?:deleted|removed)|dns domain .{0,80}does not exist|.mx. lookup of \S{1,260} responded with code nxdomain"
    r"|(?:user|recipient|account|mail[- ]?box|address|addressee)(?: is)?\W{1,6}unknown(?! (?:error|reason|problem|failure))|user (?:is )?(?:not found|doesn.?t exist|does not exist)"
    r"|@\W{0,4}(?:is |was )?(?:not found|unknown|does not exist|doesn.?t exist|not known)|no @ (?:in|at|here)|not (?:present|listed|found) in (?:the |our |my )?(?:name )?(?:directory|database|ldap)"
    r"|(?:mail[- ]?box|address|user|account) (?:is )?not present|not in (?:my|our|the) (?:list of )?valid|unknown (?:virtual |local |mail |e-?mail )?(?:user|recipient|address|local[- ]part|mail[- ]?box|addressee)"
    r"|no such (?:user|mailbox|recipient|person|address|account|local user|domain|host)|no mailbox (?:here )?(?:by|with) that name"
    r"|no (?:mail[- ]?box|user|account|recipient|address)(?: (?:was|is|currently))? (?:found|available|exists?\b|(?:by|with|of) that name)|(?:no one|nobody) (?:at|by|with) (?:this|that)|(?:non-?|in)existe?nt (?:user|mailbox|recipient|account|address|domain)"
    rf"|{_PLACE}{_WITHIN}(?:does not exist|doesn.?t exist|do not exist|not exist"
    r"|could ?n.?t be found|could not be found|wasn.?t found|was not found|(?:is|was|are|were) unknown|not known|not found|cannot be found|no longer exists)"
    r"|(?:address|recipient|mailbox|user|account)[^.\n]{0,30}? (?:is )?(?:invalid|unavailable permanently|not valid|unrouteable|unroutable)"
    r"|invalid (?:recipient|mailbox|address|user|local)|(?<!many )bad (?:recipient|mailbox|destination (?:mailbox|email|system) address)|unroute?able (?:mail )?(?:address|domain)"
    r"|no longer (?:valid|in use|active|on server|available|works? here|with us|accepts?)|address (?:not found|unknown|rejected: user)"
    r"|host (?:or domain name )?(?:unknown|not found)|domain (?:name )?not found|name service error.{0,80}(?:host not found|no such)"
    r"|couldn.t find any host|does(?:n.t| not) have an? (?:\w+ ){0,2}(?:account|mailbox|delivery point)|doesn.?t have a [\w.]+ account|not an? (?:valid|known|registered|existing|local|active) (?:mail[- ]?box|user|recipient|account|address|e-?mail)"
    r"|this user doesn.t have|mailbox (?:unavailable or access denied|not found|unknown|does not)|not listed in|no account by that name"
    r"|account (?:has been |is |was )?(?:deleted|closed|terminated|discontinued|cancell?ed)|user (?:has )?moved|not our customer|(?:disabled|deactivated) or discontinued|not a member of (?:this |the |our )?domain|(?<!sender )(?<!\w)(?:recipient|user|addressee)s? (?:cannot|can.t|could not|couldn.t) be verified"
    r"|recipient (?:address )?(?:not found|unknown|rejected: (?:user|unknown|undeliverable|invalid|no such))|not in (?:the |our )?(?:directory|address book)"
    r"|recip ?not ?found|resolver\.adr\.(?:recip|ex|inv)[\w ]{0,30}not ?found|email account that you tried to reach does not|domain .{1,80} does not accept mail"
    rf"|(?:no such|invalid|illegal|unknown|(?<!many )bad|wrong|(?:unable to|cannot|can.?t|could not|couldn.t) (?:find|locate))[ -](?:the |this |that )?{_OF_A_KIND}{_SOMEBODY}\b"
    r"|(?:doesn.?t|does not) (?:handle|host) mail for (?:that|this|the) (?:user|recipient|address)|no longer (?:an? |our )(?:employee|member|customer|student|user)"
    rf"|null mx|nullmx|illegal (?:alias|user|recipient)|{NOBODY_THERE})|{NOBODY_THERE_WITHOUT_SPACES}",
    re.IGNORECASE,
)
"""Nobody lives at that address."""

FULL = re.compile(
    r"(?:mail)?(?:box|folder) (?:is |has been |size )?(?:full|over|exceed)|over[- ]?(?:disk )?quota|quota (?:exceed|is full|full|violation|is over)|exceed(?:ed|s|ing)?[^.\n]{0,40} (?:quota|storage|size|limit)|(?:size|limit|quota|storage|space)(?: (?:is|was|has been))? exceeded"
    r"|(?:insufficient|not enough|out of) (?:disk |system |mailbox )?(?:space|storage)|storage (?:limit|full|space)|disk (?:is )?full|(?<![\d.])[45]\.2\.2(?![\d.])"
    r"|message (?:is )?(?:too (?:large|big)|size exceeds)|too large|size limit|too much mail|buzón (?:está )?lleno|buzón de .{0,40} lleno|postfach (?:ist )?voll|speicherplatz|boîte .{0,20}pleine|casella .{0,20}piena",
    re.IGNORECASE,
)
"""The mailbox is full, or the mail too big for it."""

POLICY_CODE = re.compile(r"(?<![\d.])[45]\.7\.\d{1,3}(?![\d.])")
"""Security or policy (RFC 3463 3.8); some say it of addresses that nobody has."""

POLICY = re.compile(
    r"\bspam|blacklist|black list|block ?list|\bblocked\b|\brbl\b|dnsbl|reputation|\bpolicy\b|content (?:rejected|filter)"
    r"|virus (?:detected|found)|contains? a virus|infected|banned|grey ?list|rate limit|too many (?:\w+ )?(?:connections|messages|recipients)|throttl|try again later|found,? try again|unsolicited"
    r"|\bspf\b|dkim|dmarc|not authori[sz]ed|access denied|authentication (?:required|failed)|relay(?:ing)? (?:access )?denied|unable to relay"
    r"|relaying not (?:allowed|permitted)|timed? ?out|connection (?:refused|reset|lost)|temporar(?:y|ily)|mail(?:ing)? loop|looping|loop detected|too many hops|hop count"
    r"|\b(?:disabled|suspended|inactive)\b|not accepting mail from|permission denied",
    re.IGNORECASE,
)
"""Somebody’s filter disliked the mail, or a line was down: the address may be fine."""

GIVEN_BACK = re.compile(
    r"^[ \t>]*(?:-{2,}.{0,60}(?:original|copy of|returned|below this line|message header|unsent|undelivered).{0,80}|"
    r"(?:original message|message) headers?:?|content-type: ?message/rfc822.{0,100}|return-path: ?<.{0,300}|received: (?:from|by) .{1,300})$",
    re.IGNORECASE | re.MULTILINE,
)
"""Where the server's words end and the mail it gives back begins."""

COPIED_TO = re.compile(
    r"^[> \t]{0,4}to:[^\n@]{0,80}?([\w.!#$%&'*+?^`{|}~-]{1,64}@[\w.-]{1,190})", re.IGNORECASE | re.MULTILINE
)
"""Whom the copy of our mail was for, in a text."""

ON_ITS_LINE = re.compile(
    r"^[ \t>*•-]{0,10}[<\[(]?(?:smtp:|rfc822; ?)?([\w.!#$%&'*+?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-zA-Z][\w-]{1,62})[>\])]?[ \t]{0,10}(?:[:.,;]|\.{3} ?[^\n]{0,200}|on \d[^\n]{0,60}|\([^\n]{0,100})?[ \t]{0,10}$|^<([^\s<>@]{1,64}@[^\s<>@]{1,190})>:",
    re.IGNORECASE | re.MULTILINE,
)
"""An address that stands alone, as servers list those they could not reach."""

OPENING = re.compile(r"[\s<>\[({*•\"'-]{0,20}(?:smtp[:=]|rfc822; ?)?[\s<]{0,3}", re.IGNORECASE)

QUESTION = re.compile(r"\?(?=\s|$)")

SURE_DAEMONS = re.compile(r"mailer[-_. ]?daemon|mail-?daemon|mailerdaemon|microsoftexchange[0-9a-f]{10,40}")
"""Nobody else calls himself so."""

KNOWN_AS_DEAD = re.compile(
    r"recipient address rejected: access denied\. ?as\(|5\.4\.1 recipient address rejected: access denied"
    r"|mailbox unavailable or access denied|(?:disabled|deactivated) or discontinued",
    re.IGNORECASE,
)
"""Microsoft’s, Cox’s and Yahoo’s words for an address that they do not have; they sound like a policy."""

ABOUT_US = re.compile(
    r"(?<!\w)(?:sender(?:.s)? (?:e-?mail|address|domain|verif|rejected|denied|unknown|does not|not |is )|(?:unknown|invalid|unroute?able|bad|illegal|of) sender"
    r"|(?:mail |envelope |header )from (?:address|domain)|(?:after|in(?: reply to)?) (?:the )?mail from|return[- ]path (?:address|domain))",
    re.IGNORECASE,
)
"""What is said of who wrote says nothing of whom it was for."""

SERVERS_ANSWER = re.compile(r"(?<![\d.])[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}(?![\d.])")

TEMPORARY_ANSWER = re.compile(r"(?<![\d.])4\d\d(?![\d.])")

REASON = re.compile(r"\(reason: ([^\n]{1,500}(?:\n[ \t]{4}[^\n]{1,200}){0,5})\)")
"""What the far server answered, in sendmail's report; the codes in its transcript are sendmail's own guess."""

JOINED = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
"""Where a word begins in `UserUnknown`."""

CONTINUED = re.compile(r"\n[ \t]+(?=\S)")
"""A line that goes on in the next one."""

TAGGED = re.compile(r"^(?:smtp|rfc822|[a-z]?prvs\d?|btv1)=(?:[^=@]{1,40}=)*", re.IGNORECASE)
"""What servers write before an address that is not part of it: its type, or a mark of their own (BATV)."""
