package httpx

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// Webhook is an address that one document at a time is sent to. Whoever knows it may send there, so all of it is secret, the
// name of its host included: some services put their token there. Whatever prints a Webhook prints that it was redacted.
type Webhook struct{ address Secret }

// ParseWebhook returns the webhook at an address. Its errors do not quote the address. The name of the host is in ASCII, or
// it would come back in a spelling that nobody looks for.
func ParseWebhook(address Secret, allowHTTP bool) (Webhook, error) {
	u, err := url.Parse(address.reveal())
	switch {
	case err != nil, u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		return Webhook{}, errors.New("the address is not of the form https://HOST/PATH")
	case strings.ContainsFunc(u.Host, func(r rune) bool { return r > unicode.MaxASCII }):
		return Webhook{}, errors.New("the host of the address has letters that are not ASCII, and is to be written as xn--")
	case u.Scheme == "http" && !allowHTTP && !isLoopback(u.Hostname()):
		return Webhook{}, errors.New("the address would be sent unencrypted")
	}
	return Webhook{address}, nil
}

// Post sends a document of JSON with headers of its own, which must not hold a secret. What the host answers to a success is
// ignored, but for a page of HTML, as one to sign in, and for more than Options.MaxBody: neither is a success. A document may arrive twice after an answer that is
// not clear. Redirects are not followed. Every error is an *Error that has nothing of the address in it.
func (w Webhook) Post(ctx context.Context, document []byte, header map[string]string, opts Options) error {
	const route = "webhook"
	u, err := url.Parse(w.address.reveal())
	if err != nil {
		return &Error{Method: http.MethodPost, Route: route, Kind: Unreachable, Text: "no address"}
	}
	opts.AllowHTTP = true // ParseWebhook has looked at that
	client, err := New(&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}, webhookCredential(w.address, u), Pace{}, opts)
	if err != nil {
		return &Error{Method: http.MethodPost, Route: route, Kind: Unreachable, Text: "no address"}
	}
	defer client.Close()
	return client.Do(ctx, Request{
		Method: http.MethodPost, Path: strings.TrimPrefix(u.EscapedPath(), "/"), RawQuery: u.RawQuery,
		Route: route, Class: Write, Header: header, Body: document,
	})
}

// shortestToken is how long a part of an address must be, in bytes, to be looked for: "api" says nothing to anybody, and
// to hide it would tear words apart.
const shortestToken = 5

// webhookCredential returns what is hidden of an address: the whole, its host, and each part of its path and query, in each
// spelling that it has there. A name and password in it are sent as HTTP Basic has it.
func webhookCredential(address Secret, u *url.URL) Credential {
	var c Credential
	if u.User != nil {
		password, _ := u.User.Password()
		c = Basic(u.User.Username(), NewSecret(password))
		c.secrets = append(c.secrets, NewSecret(u.User.Username()))
	}
	c.secrets = append(c.secrets, address, NewSecret(u.Host), NewSecret(u.Hostname()))
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
		c.secrets = append(c.secrets, NewSecret(ip.Unmap().String())) // as errors of the network write it
	}
	parts := slices.Concat([]string{strings.Trim(u.Path, "/"), u.RawQuery}, strings.Split(u.Path, "/"), strings.Split(u.EscapedPath(), "/"))
	for pair := range strings.FieldsFuncSeq(u.RawQuery, func(r rune) bool { return r == '&' || r == ';' }) {
		name, value, named := strings.Cut(pair, "=")
		if !named {
			value = name // a name alone is the word that opens the door
		}
		parts = append(parts, value)
		if plain, err := url.QueryUnescape(value); err == nil {
			parts = append(parts, plain)
		}
	}
	for _, part := range parts {
		if len(part) >= shortestToken {
			c.secrets = append(c.secrets, NewSecret(part))
		}
	}
	return c
}

// MarshalText hides the address.
func (Webhook) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// String hides the address.
func (Webhook) String() string { return redacted }

// Format hides the address, at any verb.
func (Webhook) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// Sign returns the HMAC-SHA256 (hex) of a document under the secret.
func (s Secret) Sign(document []byte) string {
	mac := hmac.New(sha256.New, []byte(s.reveal()))
	mac.Write(document)
	return hex.EncodeToString(mac.Sum(nil))
}
