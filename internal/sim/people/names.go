package people

import "strings"

// culture is a stock of names in one script, each with the spelling that an address uses.
type culture struct {
	weight      int // share among people
	given       []spelling
	family      []spelling
	familyFirst bool
	separator   string
	doubles     bool // double family names occur
}

type spelling struct{ native, ascii string }

// spellings reads "native:ascii native:ascii"; a name that is ASCII already stands alone.
func spellings(text string) []spelling {
	var out []spelling
	for word := range strings.FieldsSeq(text) {
		native, ascii, ok := strings.Cut(word, ":")
		if !ok {
			ascii = strings.ToLower(native)
		}
		out = append(out, spelling{native, ascii})
	}
	return out
}

// cultures is the table of names. Scripts: Latin with and without diacritics, Cyrillic, Greek, Arabic, Hebrew, Han,
// Kana, Hangul, Devanagari, Tamil, Thai, Georgian, Armenian.
func cultures() []culture {
	return []culture{
		{weight: 22, separator: " ", doubles: true,
			given:  spellings("Dana Omar Pia Leo Ruth Colin Maya Erin Hugh Tessa Grant Nora Felix Ivy Marcus Jude Paula Simon Wendy Keith Laura Aaron Bryn Clara Dexter Edith Fergus Gwen"),
			family: spellings("Kim Quill Voss Trent Hale Mercer Stone Whitlock Barnes O'Neill:oneill Frost Dunne Pryce Ashby Colby Draper Ellery Foxley Garner Hobson Ingram Jarvis Kettle Lomax Merton Nash Orwin Penrose")},
		{weight: 12, separator: " ", doubles: true,
			given:  spellings("Jürgen:juergen Käthe:kaethe Sören:soeren Björn:bjoern Anja Uwe Heike Götz:goetz Lena Jörg:joerg Renate Matthias Ute Falk"),
			family: spellings("Müller:mueller Großmann:grossmann Schäfer:schaefer Köhler:koehler Jäger:jaeger Weiß:weiss Brandt Lüders:lueders Vogel Krämer:kraemer Öttinger:oettinger Hahn Böhm:boehm Strauß:strauss")},
		{weight: 11, separator: " ", doubles: true,
			given:  spellings("Inés:ines José:jose Núria:nuria Álvaro:alvaro Begoña:begona Martín:martin Sofía:sofia Íñigo:inigo Lucía:lucia Raúl:raul Noemí:noemi Andrés:andres"),
			family: spellings("Ortega Muñoz:munoz Peña:pena Ibáñez:ibanez Núñez:nunez Cárdenas:cardenas Güell:guell Ríos:rios Castaño:castano Vélez:velez Pérez:perez Salgado")},
		{weight: 8, separator: " ", doubles: true,
			given:  spellings("Élodie:elodie Hélène:helene François:francois Zoé:zoe Noël:noel Anaïs:anais Benoît:benoit Chloé:chloe Gaël:gael Maëlle:maelle Loïc:loic Agnès:agnes"),
			family: spellings("Lefèvre:lefevre Bérard:berard Dupré:dupre Gauthier Château:chateau Besançon:besancon Crête:crete Fournier Léger:leger Roche Hébert:hebert d'Aubigné:daubigne")},
		{weight: 6, separator: " ",
			given:  spellings("João:joao Conceição:conceicao Vitória:vitoria Antônio:antonio Luís:luis Inês:ines Mário:mario Júlia:julia"),
			family: spellings("Gonçalves:goncalves Araújo:araujo Simões:simoes Magalhães:magalhaes Assunção:assuncao Falcão:falcao Brandão:brandao Conde")},
		{weight: 7, separator: " ",
			given:  spellings("Łukasz:lukasz Małgorzata:malgorzata Paweł:pawel Żaneta:zaneta Stanisław:stanislaw Agnieszka Świętosława:swietoslawa Bartłomiej:bartlomiej Iwona Michał:michal"),
			family: spellings("Wójcik:wojcik Kowalczyk Dąbrowska:dabrowska Źródło:zrodlo Szczęsny:szczesny Gołąb:golab Żak:zak Pająk:pajak Świątek:swiatek Łoś:los")},
		{weight: 5, separator: " ",
			given:  spellings("Jiří:jiri Žofie:zofie Ondřej:ondrej Šárka:sarka Tomáš:tomas Věra:vera Luboš:lubos Zdeněk:zdenek"),
			family: spellings("Dvořák:dvorak Růžička:ruzicka Šimůnek:simunek Kříž:kriz Havlíček:havlicek Čermák:cermak Němec:nemec Žďárský:zdarsky")},
		{weight: 4, separator: " ",
			given:  spellings("Åsa:asa Øystein:oystein Sigrún:sigrun Þórdís:thordis Mikkel Ragnhildur Jón:jon Ærø:aeroe"),
			family: spellings("Ångström:angstrom Sørensen:sorensen Hjälmarsson:hjalmarsson Bjørnstad:bjornstad Guðmundsdóttir:gudmundsdottir Lindqvist Mäkelä:makela Nygård:nygard")},
		{weight: 4, separator: " ",
			given:  spellings("Çağla:cagla Işıl:isil İbrahim:ibrahim Gülşen:gulsen Ömer:omer Şule:sule Yiğit:yigit Ebru"),
			family: spellings("Yıldız:yildiz Öztürk:ozturk Çelik:celik Şahin:sahin Güneş:gunes Kılıç:kilic Aydın:aydin Doğan:dogan")},
		{weight: 4, separator: " ", familyFirst: true,
			given:  spellings("Thị_Hường:huong Đức:duc Minh_Tuấn:tuan Ngọc_Ánh:anh Quỳnh:quynh Hữu_Phước:phuoc Bảo_Châu:chau Việt:viet"),
			family: spellings("Nguyễn:nguyen Trần:tran Lê:le Phạm:pham Đặng:dang Bùi:bui Võ:vo Huỳnh:huynh")},
		{weight: 7, separator: " ",
			given:  spellings("Дмитрий:dmitri Анна:anna Сергей:sergei Ольга:olga Юрий:yuri Екатерина:ekaterina Пётр:petr Любовь:lyubov Ярослав:yaroslav Ксения:ksenia"),
			family: spellings("Соколенко:sokolenko Журавель:zhuravel Щербак:shcherbak Ёлкин:yolkin Мельник:melnyk Хорошко:khoroshko Цвет:tsvet Яхно:yakhno Гриценко:grytsenko Їжак:yizhak")},
		{weight: 4, separator: " ",
			given:  spellings("Γιώργος:giorgos Ελένη:eleni Νίκος:nikos Άννα:anna Θεοδώρα:theodora Σπύρος:spyros Φωτεινή:foteini Χάρης:charis"),
			family: spellings("Παππάς:pappas Ιωάννου:ioannou Ψαρράς:psarras Ξένος:xenos Θεοδωρίδης:theodoridis Κωστόπουλος:kostopoulos Λάμπρου:lamprou Μακρής:makris")},
		{weight: 5, separator: " ",
			given:  spellings("ليلى:layla عمر:omar فاطمة:fatima يوسف:yousef نور:noor خالد:khaled سلمى:salma طارق:tariq"),
			family: spellings("الحداد:alhaddad منصور:mansour النجار:alnajjar قاسم:qasim الشريف:alsharif حمدان:hamdan زيدان:zidan بركات:barakat")},
		{weight: 3, separator: " ",
			given:  spellings("נועה:noa יונתן:yonatan תמר:tamar איתי:itai שירה:shira אבנר:avner מיכל:michal גיא:guy"),
			family: spellings("לוין:levin אבירם:aviram שקד:shaked ברנע:barnea פלד:peled צורי:tzuri גלעד:gilad מזרחי:mizrahi")},
		{weight: 6, separator: "", familyFirst: true,
			given:  spellings("伟:wei 芳芳:fangfang 晓明:xiaoming 丽华:lihua 建国:jianguo 雨桐:yutong 子轩:zixuan 思远:siyuan 静:jing 浩然:haoran"),
			family: spellings("王:wang 李:li 张:zhang 欧阳:ouyang 陈:chen 赵:zhao 诸葛:zhuge 林:lin 𠮷田:jitian 龚:gong")},
		{weight: 5, separator: " ", familyFirst: true,
			given:  spellings("さくら:sakura 健太:kenta 由美子:yumiko 大輔:daisuke 翔:sho あおい:aoi 直樹:naoki エリカ:erika"),
			family: spellings("佐々木:sasaki 渡邊:watanabe 高橋:takahashi 小林:kobayashi 髙田:takada 森:mori 五十嵐:igarashi 山本:yamamoto")},
		{weight: 4, separator: "", familyFirst: true,
			given:  spellings("지훈:jihoon 서연:seoyeon 민준:minjun 하은:haeun 도윤:doyoon 수빈:subin 예진:yejin 태호:taeho"),
			family: spellings("김:kim 이:lee 박:park 최:choi 남궁:namgoong 정:jung 강:kang 황보:hwangbo")},
		{weight: 7, separator: " ",
			given:  spellings("आरव:aarav प्रिया:priya दीपक:deepak अनन्या:ananya विक्रम:vikram स्नेहा:sneha मीरा:meera रोहित:rohit"),
			family: spellings("शर्मा:sharma गुप्ता:gupta त्रिपाठी:tripathi जोशी:joshi चतुर्वेदी:chaturvedi नायर:nair मिश्रा:mishra देशपांडे:deshpande")},
		{weight: 3, separator: " ",
			given:  spellings("கார்த்திக்:karthik மீனாட்சி:meenakshi அருண்:arun லட்சுமி:lakshmi செல்வி:selvi முருகன்:murugan"),
			family: spellings("சுப்ரமணியன்:subramanian இராமன்:raman கண்ணன்:kannan பாண்டியன்:pandian ராஜன்:rajan குமார்:kumar")},
		{weight: 2, separator: " ",
			given:  spellings("สมชาย:somchai พิมพ์ใจ:pimjai อนันต์:anan กัญญา:kanya ธนา:thana วิไล:wilai"),
			family: spellings("ศรีสุข:srisuk วงศ์ไทย:wongthai แสงทอง:saengthong บุญมี:boonmee ทองดี:thongdee รักไทย:rakthai")},
		{weight: 2, separator: " ",
			given:  spellings("ნინო:nino გიორგი:giorgi თამარ:tamar ლევან:levan ქეთევან:ketevan ზურა:zura"),
			family: spellings("ბერიძე:beridze მაისურაძე:maisuradze წიკლაური:tsiklauri ჩხეიძე:chkheidze ლომიძე:lomidze ჯაფარიძე:japaridze")},
		{weight: 2, separator: " ",
			given:  spellings("Անի:ani Արմեն:armen Նարե:nare Տիգրան:tigran Լուսինե:lusine Վահան:vahan"),
			family: spellings("Պետրոսյան:petrosyan Գրիգորյան:grigoryan Սարգսյան:sargsyan Հակոբյան:hakobyan Մկրտչյան:mkrtchyan Ղազարյան:ghazaryan")},
	}
}

// Parts of group and project names.
// Areas returns what a company works on, for the names of groups and projects.
func Areas() []string {
	return strings.Split("Payments|Checkout|Search|Accounts|Catalogue|Delivery|Returns|Pricing|Loyalty|Invoicing|Ledger|Risk|Fraud|Identity|Onboarding|Messaging|Notifications|Maps|Routing|Fleet|Warehouse|Sourcing|Partner portal|Merchant tools|Back office|Support desk|Reporting|Data platform|Machine learning|Ads|Media|Streaming|Playback|Firmware|Devices|Telemetry|Billing|Tax & compliance|Privacy|Accessibility|Localisation|Developer portal|Design system", "|")
}

func platforms() []string {
	return []string{"Mobile", "Web", "Backend", "Desktop", "Embedded", "API"}
}

func disciplines() []string {
	return []string{"QA", "Dev", "Product", "Automation", "Performance", "Security", "Field test"}
}

// siteGroups are groups that are no teams; the first SiteGroups have a meaning for whoever fills them.
func siteGroups() []string {
	return []string{
		"Contractors", "CI accounts", "Release managers", "Offboarding (keep empty)",
		"Équipe qualité – Paris", "品質保証 東京", "Группа приёмки", "צוות בדיקות", "QA \"night shift\"", "R&D <pilot>",
		"Beta-Tester außer Haus", "Lead's round table",
	}
}

// PartnerDomains returns the domains of contractors.
func PartnerDomains() []string {
	return []string{"partner.example", "northwind-testing.example", "qa.lumen-services.example", "outsourcing.example"}
}
