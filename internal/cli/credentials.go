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

// credentials reads where a tool is and who asks from the environment. No file can choose where a key goes: the URL comes
// from the same place as the key, and what the roster says of it is only compared.
func credentials(t tool, getenv func(string) string) (access, error) {
	urlName, userName, keyName := t.prefix+"_URL", t.prefix+"_USER", t.prefix+"_API_KEY"
	a := access{url: strings.TrimSpace(getenv(urlName)), user: strings.TrimSpace(getenv(userName))}
	var missing []string
	if a.url == "" {
		missing = append(missing, urlName)
	}
	if a.user == "" {
		missing = append(missing, userName)
	}
	key, given, err := secretFrom(getenv, keyName)
	if err != nil {
		return access{}, err
	}
	if !given {
		missing = append(missing, keyName+" or "+keyName+"_FILE")
	}
	if len(missing) > 0 {
		return access{}, usage("set them in the environment; `rollcall sim` starts a simulator to try things on",
			"not set: %s", strings.Join(missing, ", "))
	}
	switch {
	case key == "":
		return access{}, usage("", "the API key is empty")
	case strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return access{}, usage("copy it again, as one line", "the API key has white space or control characters inside")
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
		names = append(names, t.prefix+"_API_KEY")
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
