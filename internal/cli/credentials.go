package cli

import (
	"net/url"
	"os"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
)

// maxKeyFile is how large a key file may be, in bytes. It bounds what is read if somebody names the wrong file.
const maxKeyFile = 64 << 10

// environmentHint goes with what is missing in the environment. arguments are those of sim for the tool.
func environmentHint(arguments string) string {
	return "set them in the environment; `rollcall sim" + arguments + "` starts a simulator to try things on"
}

// login is a way to say who asks, in variables of the environment: here is what stands behind the tool's prefix.
type login struct {
	user   string // holds the name of the account; "": the secret says who asks
	secret string // holds the secret; with _FILE behind it, the name of a file that does
	noun   string // what the secret is called
	spaces bool   // the secret may have spaces inside
}

// variables returns the names of the variables, without the one for a file.
func (l login) variables(prefix string) []string {
	if l.user == "" {
		return []string{prefix + "_" + l.secret}
	}
	return []string{prefix + "_" + l.user, prefix + "_" + l.secret}
}

// missing returns which of its variables are not set.
func (l login) missing(prefix string, getenv func(string) string) []string {
	var names []string
	if l.user != "" && strings.TrimSpace(getenv(prefix+"_"+l.user)) == "" {
		names = append(names, prefix+"_"+l.user)
	}
	if secret := prefix + "_" + l.secret; getenv(secret) == "" && getenv(secret+"_FILE") == "" {
		names = append(names, secret+" or "+secret+"_FILE")
	}
	return names
}

// login returns the first way of which everything is set, else the first of which anything is, else the first. begun says
// that anything is.
func (t *tool) login(getenv func(string) string) (way login, begun bool) {
	for _, l := range t.logins {
		missing := l.missing(t.prefix, getenv)
		if len(missing) == 0 {
			return l, true
		}
		if !begun && len(missing) < len(l.variables(t.prefix)) {
			way, begun = l, true
		}
	}
	if !begun {
		way = t.logins[0]
	}
	return way, begun
}

// missing returns the variables that are needed to reach the tool and not set, in the words of a message.
func (t *tool) missing(getenv func(string) string) []string {
	var names []string
	if strings.TrimSpace(getenv(t.prefix+"_URL")) == "" {
		names = append(names, t.prefix+"_URL")
	}
	way, begun := t.login(getenv)
	names = append(names, way.missing(t.prefix, getenv)...)
	if begun {
		return names
	}
	for _, other := range t.logins[1:] {
		names[len(names)-1] += " (or " + strings.Join(other.variables(t.prefix), " and ") + ")"
	}
	return names
}

// unused returns the variables of a login that is complete and not the one that is used, nil if there is none.
func (t *tool) unused(getenv func(string) string) []string {
	way, _ := t.login(getenv)
	for _, l := range t.logins {
		if l != way && len(l.missing(t.prefix, getenv)) == 0 {
			return l.variables(t.prefix)
		}
	}
	return nil
}

// simArguments returns the arguments by which sim serves a simulator of the tool.
func (t *tool) simArguments() string {
	if t.kind == tools()[0].kind {
		return ""
	}
	return " --kind " + t.kind
}

// credentials reads where a tool is and who asks from the environment. No file can choose where a key goes: the URL comes
// from the same place as the key, and what the roster says of it is only compared.
func credentials(t tool, getenv func(string) string) (access, error) {
	way, _ := t.login(getenv)
	a := access{url: strings.TrimSpace(getenv(t.prefix + "_URL"))}
	userName := t.prefix + "_" + way.user
	if way.user != "" {
		a.user = strings.TrimSpace(getenv(userName))
	}
	key, _, err := secretFrom(getenv, t.prefix+"_"+way.secret)
	if err != nil {
		return access{}, err
	}
	if missing := t.missing(getenv); len(missing) > 0 {
		return access{}, usage(environmentHint(t.simArguments()), "not set: %s", strings.Join(missing, ", "))
	}
	control := func(r rune) bool { return r < ' ' || r == 0x7f }
	space := func(r rune) bool { return r == ' ' }
	switch {
	case key == "":
		return access{}, usage("", "the %s is empty", way.noun)
	case way.spaces && strings.ContainsFunc(key, control):
		return access{}, usage("copy it again, as one line", "the %s has control characters inside", way.noun)
	case !way.spaces && (strings.ContainsFunc(key, control) || strings.ContainsFunc(key, space)):
		return access{}, usage("copy it again, as one line", "the %s has white space or control characters inside", way.noun)
	case strings.Contains(a.user, ":"):
		return access{}, usage("use the e-mail address of the account", "%s has a colon, which ends the name in HTTP", userName)
	}
	a.key = httpx.NewSecret(key)
	return a, nil
}

// spareSecrets returns an error if a file that holds a secret would be written over, by whatever name.
func (o *options) spareSecrets(getenv func(string) string) error {
	names := []string{notifyURL, notifySecret}
	for _, t := range tools() {
		for _, l := range t.logins {
			names = append(names, t.prefix+"_"+l.secret)
		}
	}
	for _, name := range names {
		secret, err := os.Stat(getenv(name + "_FILE"))
		if err != nil {
			continue
		}
		for _, file := range o.written() {
			if there, err := os.Stat(file.path); err == nil && os.SameFile(there, secret) {
				return usage("give it another name", "%s %s is the file of %s_FILE as well", file.use, file.path, name)
			}
		}
	}
	return nil
}

// secretFrom returns what a variable holds, or the file that the variable with _FILE behind its name says, without white
// space around it. given is false if neither is set.
func secretFrom(getenv func(string) string, name string) (text string, given bool, err error) {
	fileName := name + "_FILE"
	text, file := getenv(name), getenv(fileName)
	switch {
	case text != "" && file != "":
		return "", false, usage("leave one of them out", "%s and %s are both set", name, fileName)
	case strings.Contains(file, "://"):
		// Not said: it may be the secret, in the wrong variable.
		return "", false, usage("put an address into "+name, "%s is an address, and shall be the name of a file", fileName)
	case file != "":
		content, err := readFile(file, maxKeyFile)
		if err != nil {
			return "", false, usage("", "%s: %s can't be read: %v", fileName, file, cause(err))
		}
		text = string(content)
	case text == "":
		return "", false, nil
	}
	return strings.TrimSpace(text), true, nil
}

// checkAddress returns the address of an instance in one spelling, or why it is none. where says who gave it.
func checkAddress(t tool, where, raw string) (*url.URL, error) {
	u, err := t.parseURL(raw)
	if err != nil {
		return nil, usage("give the address of the instance, such as https://acme.example", "%s: %v", where, err)
	}
	return u, nil
}

// matchTarget returns an error if the roster says that it is for another instance than the one at an address. source says
// who named that: "the environment names", "live.json is of".
func matchTarget(t tool, want directory.TargetAssertion, actual *url.URL, source string) error {
	if !want.URL.Set {
		return nil
	}
	asserted, err := t.parseURL(want.URL.Value)
	if err != nil {
		return usageAt(want.URL.Pos, "", "%v", err)
	}
	if asserted.String() != actual.String() {
		return usageAt(want.URL.Pos, "is this the roster, and the instance, that you mean?", "the roster is for %s, and %s %s",
			trimSlash(asserted.String()), source, trimSlash(actual.String()))
	}
	return nil
}
