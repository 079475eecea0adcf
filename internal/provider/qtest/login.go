package qtest

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rollcall/internal/httpx"
	"rollcall/internal/provider/lenient"
)

const tokenRoute = "oauth/token"

// login holds the token that requests are authorized with, and gets a new one where a password is there. It is safe for
// concurrent use: who comes while a token is fetched waits for that one.
//
//	request ──> token known? ──no──> POST oauth/token, once for all who wait ──> request ──> 401? ──> a new token, if nobody
//	                  └──yes──────────────────────────────────────────────────────^          got one since ──> request, once,
//	                                                                                         unless it rests on a read
type login struct {
	http     *httpx.Client
	site     string // first label of the host
	user     string
	password httpx.Secret
	can      bool // there is a password

	turn       chan struct{} // holds one value; who has taken it may use what follows
	credential httpx.Credential
	now        httpx.Secret // the token in it; the zero Secret: there is none
	generation int          // of the credential, so that a refused one is renewed once
	client     string       // name in the Basic header that was taken; "": not known yet
	fetched    int          // how many requests it took to get tokens
	refused    error        // the password is wrong; nil: nobody has said so
}

func newLogin(client *httpx.Client, base *url.URL, cfg Config) *login {
	site, _, _ := strings.Cut(base.Hostname(), ".")
	l := &login{
		http: client, site: site, user: cfg.User, password: cfg.Password, can: cfg.User != "" && !cfg.Password.Empty(),
		turn: make(chan struct{}, 1),
	}
	if !cfg.Token.Empty() {
		l.credential, l.now = httpx.Bearer(cfg.Token), cfg.Token
	}
	l.turn <- struct{}{}
	return l
}

// token returns the credential of a request and its generation. stale is the generation that was refused, -1 if none was:
// that one is not returned again. Every error is an *httpx.Error.
func (l *login) token(ctx context.Context, stale int) (httpx.Credential, int, error) {
	select {
	case <-l.turn:
		defer func() { l.turn <- struct{}{} }()
	case <-ctx.Done():
		return httpx.Credential{}, 0, &httpx.Error{Method: http.MethodPost, Route: tokenRoute, Kind: httpx.Canceled, Err: ctx.Err()}
	}
	if l.can && (l.now.Empty() || l.generation == stale) {
		if l.refused != nil {
			return httpx.Credential{}, 0, l.refused
		}
		token, err := l.fetch(ctx)
		if err != nil {
			return httpx.Credential{}, 0, err
		}
		l.credential, l.now = httpx.Bearer(token), token
		l.generation++
	}
	return l.credential, l.generation, nil
}

// requests returns how many requests it took to get tokens so far.
func (l *login) requests(ctx context.Context) int {
	select {
	case <-l.turn:
		defer func() { l.turn <- struct{}{} }()
		return l.fetched
	case <-ctx.Done():
		return 0
	}
}

// fetch exchanges the password for a token. The Basic header names the site (DOC); sites are known that take the login name
// (CLIENT: captured), which is tried where the site's is refused. A refusal of the password is never followed by another try,
// whoever asks: accounts may be locked after a few.
func (l *login) fetch(ctx context.Context) (httpx.Secret, error) {
	clients := []string{l.site, l.user}
	if l.client != "" {
		clients = []string{l.client}
	}
	var err error
	for _, client := range clients {
		var token httpx.Secret
		if token, err = l.ask(ctx, client); err == nil {
			l.client = client
			return token, nil
		}
		if !refusesClient(err) {
			break
		}
	}
	err = denied(err)
	var failed *httpx.Error
	if errors.As(err, &failed) && failed.Kind == httpx.Unauthorized {
		l.refused = err
	}
	return httpx.Secret{}, err
}

// ask sends the password grant.
//
// POST /oauth/token, a form with grant_type=password, username and password; Basic of a name and an empty password (DOC:
// Login API; CLIENT: QASymphony/qtest-api-samples). It changes nothing, so it may be sent again.
func (l *login) ask(ctx context.Context, client string) (httpx.Secret, error) {
	l.fetched++
	var token httpx.Secret
	err := l.http.Do(ctx, httpx.Request{
		Method: http.MethodPost, Path: tokenRoute, Route: tokenRoute, Class: httpx.Read,
		Header:     map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
		Hidden:     httpx.Form(url.Values{"grant_type": {"password"}, "username": {l.user}}, "password", l.password),
		Credential: httpx.Basic(client, httpx.Secret{}),
		Secrets:    []httpx.Secret{l.password, l.now},
		Decode: func(body []byte) error {
			answer, err := lenient.Decode[struct {
				Token lenient.Text `json:"access_token"`
			}](lenient.Trim(body))
			if err != nil {
				return errors.New("not an answer with a token") // the cause may quote something of it
			}
			if answer.Token.Value == "" {
				return errors.New("access_token is missing")
			}
			token = httpx.NewSecret(answer.Token.Value)
			return nil
		},
	})
	return token, err
}

// refusesClient reports whether a refusal is about the Basic header and not about the password: 401 (DOC), or the code of
// RFC 6749.
func refusesClient(err error) bool {
	var failed *httpx.Error
	return errors.As(err, &failed) && (failed.Status == http.StatusUnauthorized ||
		failed.Status == http.StatusBadRequest && strings.HasPrefix(failed.Text, "invalid_client"))
}

// denied returns a refusal of the password as what it is: the server says 400 invalid_grant, not 401 (CLIENT: captured).
func denied(err error) error {
	var failed *httpx.Error
	if errors.As(err, &failed) && failed.Status == http.StatusBadRequest &&
		(strings.HasPrefix(failed.Text, "invalid_grant") || strings.HasPrefix(failed.Text, "invalid_client")) {
		unauthorized := *failed
		unauthorized.Kind = httpx.Unauthorized
		return &unauthorized
	}
	return err
}

// renewedError is the refusal of a write for its token, in place of which there is a new one. The write rests on a read that
// is older than that, so it was not sent again.
type renewedError struct{ refusal error }

func (e *renewedError) Error() string { return e.refusal.Error() }
func (e *renewedError) Unwrap() error { return e.refusal }

// Again reports that the write may succeed at once, made of a new read.
func (*renewedError) Again() (wait time.Duration, may bool) { return 0, true }

// HTTPStatus returns 0, as if nothing had been sent: the status of the refusal would say that the credentials are wrong, and
// nothing has refused the new one.
func (*renewedError) HTTPStatus() int { return 0 }

// send sends a request with the token, which it gets before the first one. Should the token be refused and a password be
// there, the request is sent once more with a new one, since a refusal has changed nothing; one of the class List is not, but
// has an error that says that it may be made again. Every error is or wraps an *httpx.Error.
func (r *Reader) send(ctx context.Context, request httpx.Request) error {
	credential, generation, err := r.login.token(ctx, -1)
	if err != nil {
		return err
	}
	request.Credential = credential
	if r.login.can {
		request.Secrets = append(request.Secrets, r.login.password)
	}
	err = r.http.Do(ctx, request)
	var failed *httpx.Error
	if !r.login.can || !errors.As(err, &failed) || failed.Kind != httpx.Unauthorized {
		return err
	}
	if request.Credential, _, err = r.login.token(ctx, generation); err != nil {
		return err
	}
	if request.Class == httpx.List {
		return &renewedError{failed}
	}
	err = r.http.Do(ctx, request)
	var again *httpx.Error
	if errors.As(err, &again) {
		again.EarlierUnclear = cmp.Or(again.EarlierUnclear, failed.EarlierUnclear)
	}
	return err
}
