/**
 * The passwords people choose first, lower case. Compared whole, without punctuation, without digits at either end,
 * and as a repeated unit, so that each entry stands for a family (`password` also for `Password2026!`).
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `123456 123456789 12345678 12345 1234567 1234567890 123123 111111 000000 654321 666666 121212 112233 123321 987654321 9876543210 123654 159753 147258369 123qwe
  1q2w3e 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc qazwsx qazwsxedc zaq12wsx zaq1zaq1 q1w2e3r4 q1w2e3r4t5 qwe123 qweasd qweasdzxc asd123 asdf asdfgh asdfghjkl asdfasdf zxcvbn zxcvbnm
  qwerty qwertyu qwertyui qwertyuiop qwertz qwertzuiop azerty azertyuiop dvorak qwerty123 qwerty12345 qwertyuiop123 abc123 abcd1234 abcdef abcdefg abcdefgh a1b2c3 a1b2c3d4 a123456 a12345678 aa123456 aa12345678
  password passwort passw0rd password1 password12 password123 password1234 passwordpassword passphrase mypassword mypass yourpassword thepassword newpassword oldpassword goodpassword strongpassword securepassword
  safepassword secretpassword temppassword temporarypassword defaultpassword adminpassword rootpassword userpassword testpassword demopassword changepassword nopassword notmypassword correcthorsebatterystaple
  pass passe passwd pwd motdepasse contrasena contraseña senha parola parole heslo haslo lozinka salasana wachtwoord kennwort geheim geheimnis losenord lösenord adgangskode sifre şifre kodeord passord
  letmein letmeinnow letmeinplease openup opensesame opensesameplease iloveyou iloveu iloveyousomuch loveyou lovely loveme love mylove trustno1 trustnoone whatever whateverman nothing nothingatall idontknow
  dontknow idontcare whocares forgetit forgotten forgot remember rememberme donotforget secret topsecret mysecret supersecret verysecret secretword hidden private confidential changeme changemenow changethis
  changeit change pleasechange pleasechangeme default standard initial temporary temp temptemp welcome welcomehome welcomeback welcometo hello hellohello helloworld hello123 hithere goodmorning goodbye
  admin administrator administration adminadmin admin123 admin1234 superadmin sysadmin webadmin siteadmin root rootroot toor superuser poweruser user username guest guestguest anonymous operator manager
  master masterkey webmaster postmaster hostmaster owner member login loginlogin logon signin signup account accounts access accessgranted accessdenied system systems server database backup service support
  helpdesk office company business enterprise internet computer computers laptop desktop windows macintosh linux ubuntu debian android google googlegoogle facebook twitter instagram youtube whatsapp telegram
  linkedin microsoft apple amazon netflix spotify samsung nokia sony nintendo playstation xbox minecraft pokemon pikachu fortnite starwars startrek batman superman spiderman ironman wonderwoman avengers
  test testing tester test123 test1234 testtest testtesttest testuser demo demodemo sample example examples staging production development developer developers gatehouse gatehousegatehouse apikey apiapi gateway
  monkey dragon tiger tigger lion eagle falcon phoenix panther jaguar shark dolphin butterfly unicorn rainbow sunshine sunflower flower flowers princess queen king prince knight warrior ninja samurai wizard
  magic shadow midnight moonlight starlight thunder lightning storm hurricane winter summer spring autumn january february march april june july august september october november december monday tuesday
  wednesday thursday friday saturday sunday winter2024 winter2025 winter2026 summer2024 summer2025 summer2026 spring2026 autumn2026 football baseball basketball soccer hockey tennis golf golfer cricket rugby
  liverpool chelsea arsenal manchester manchesterunited barcelona realmadrid juventus bayern dortmund lakers yankees cowboys steelers packers patriots ferrari porsche mercedes mustang corvette harley yamaha
  honda toyota london paris berlin madrid rome vienna newyork chicago boston texas florida california america american england scotland ireland france germany deutschland espana italia brasil canada australia
  michael jennifer jessica ashley amanda daniel matthew joshua andrew anthony robert william thomas charlie george jordan michelle nicole elizabeth samantha stephanie victoria alexander alexandra christian
  christopher patrick benjamin jonathan maggie buster bailey pepper ginger cookie cookies chocolate cheese coffee banana orange apples strawberry blueberry pumpkin peanut butter buttercup honey sugar candy
  purple yellow silver golden diamond crystal platinum freedom liberty justice forever forevermore together always destiny heaven angel angels jesus jesuschrist god godisgood blessed faith hope hopeful peace
  family mother father sister brother babygirl babyboy baby sweetheart darling sweetie friend friends bestfriend bestfriends beautiful gorgeous awesome fantastic amazing perfect excellent superstar rockstar
  metallica nirvana slipknot blink182 greenday eminem beatles elvis madonna hannah hunter hunting fishing killer fuckyou fuckoff asshole bullshit biteme sexy sexsex hottie loser winner champion gamer gaming
  player player1 matrix zeppelin merlin gandalf hobbit frodo aragorn voldemort harrypotter hogwarts dumbledore hermione jackson jordan23 michael1 charlie1 ncc1701 thx1138 access14 abcdefghijkl
  alphabet alphabeta alpha omega delta gamma zerozero onetwothree onetwothreefour onetwothreefourfive blahblah blahblahblah asdasd asdasdasd qweqwe qweqweqwe zxczxc fghfgh jkljkl lol lolol lollol haha hahaha
  aaaaaa abababab zzzzzz xxxxxx 7777777 88888888 99999999 55555 101010 131313 232323 246810 13579 135792468 11223344 1122334455 12341234 123412341234 12344321 123454321 123abc 1234abcd 123456a 123456abc
  123456qwerty 123456789a 123456789abc 987654 87654321 abcabc abc12345 abc123456 q1w2e3 pa55word pa55w0rd p4ssw0rd p455w0rd passwor1 passpass pass1234 pass12345 logmein enter enternow entrance exit goahead please
  pleaseletmein thankyou thanks money moneymoney cash bitcoin blockchain crypto million millionaire business1 success successful happy happyday happybirthday birthday smile smiley lucky luckyone lucky7 seven`.split(/\s+/),
)
