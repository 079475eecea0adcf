package instance_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/httpx"
	"rollcall/internal/provider/instance"
)

func TestInconsistentError_saysWhatIsWrongAndIsMarked(t *testing.T) {
	cut := errors.New("GET groups: connection cut")
	tests := []struct {
		name string
		err  *instance.InconsistentError
		want string
	}{
		{"a check", instance.Inconsistent("groups", "id %d occurs twice", 7), "live state is inconsistent: groups: id 7 occurs twice"},
		{"a request", &instance.InconsistentError{Route: "groups", Err: cut}, "live state is incomplete: GET groups: connection cut"},
		{"a request, and what it was for", &instance.InconsistentError{Text: "members", Err: cut}, "live state is incomplete: members: GET groups: connection cut"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.err.Error() != tt.want || errors.Unwrap(tt.err) != tt.err.Err {
				t.Errorf("error = %v", tt.err)
			}
			var err error = tt.err
			if _, marked := err.(interface{ Incomplete() }); !marked {
				t.Error("it is not marked as the error of a reading that is not whole")
			}
		})
	}
}

func TestIncomplete_isWhatAReadingFailsOf(t *testing.T) {
	for _, kind := range []httpx.Kind{httpx.Unauthorized, httpx.Forbidden, httpx.Canceled, httpx.ServerFault, httpx.NotFound, httpx.Cut} {
		failed := &httpx.Error{Method: "GET", Route: "groups", Kind: kind}
		err := instance.Incomplete(failed)
		var whole *instance.InconsistentError
		itself := kind == httpx.Unauthorized || kind == httpx.Forbidden || kind == httpx.Canceled
		if errors.As(err, &whole) == itself || whole != nil && whole.Route != "groups" || !errors.Is(err, failed) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if err := instance.Incomplete(nil); err != nil {
		t.Errorf("nothing wrong: %v", err)
	}
	for _, said := range []error{instance.Inconsistent("groups", "no"), instance.Incomplete(&httpx.Error{Route: "groups", Kind: httpx.Cut})} {
		if err := instance.Incomplete(said); err != said {
			t.Errorf("what is said already is said again: %v", err)
		}
	}
}

// Each error is before all that come later, whichever of them is named first.
func TestForemost_isTheErrorThatMattersMost(t *testing.T) {
	errs := []error{
		&httpx.Error{Kind: httpx.Canceled}, &httpx.Error{Kind: httpx.Forbidden},
		&instance.InconsistentError{Err: &httpx.Error{Kind: httpx.ServerFault}}, nil,
	}
	for i, first := range errs {
		for _, second := range errs[i:] {
			if instance.Foremost([]error{first, second}) != first || instance.Foremost([]error{second, first}) != first {
				t.Errorf("of %v and %v", first, second)
			}
		}
	}
	one, other := errors.New("one"), errors.New("other")
	if got := instance.Foremost([]error{one, other}); got != one {
		t.Errorf("of two of a kind: %v", got)
	}
}

func TestSort_refusesAnIDThatOccursTwice(t *testing.T) {
	type item struct {
		id   int64
		name string
	}
	id := func(i *item) int64 { return i.id }
	list := []item{{3, "c"}, {1, "a"}, {2, "b"}}
	err := instance.Sort("groups", list, id)
	if diff := cmp.Diff([]item{{1, "a"}, {2, "b"}, {3, "c"}}, list, cmp.AllowUnexported(item{})); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	var whole *instance.InconsistentError
	err = instance.Sort("groups", []item{{3, "c"}, {1, "a"}, {3, "d"}}, id)
	if !errors.As(err, &whole) || whole.Route != "groups" || whole.Text != "id 3 occurs twice" {
		t.Errorf("error = %v", err)
	}
}

func TestAnswers_areWhatAnApplyAsksFor(t *testing.T) {
	var err error = instance.Another("PUT", "users/7", "account", int64(8))
	var unclear interface{ Unclear() bool }
	var status interface{ HTTPStatus() int }
	if !errors.As(err, &unclear) || !unclear.Unclear() || !errors.As(err, &status) || status.HTTPStatus() != 200 {
		t.Errorf("%#v", err)
	}
	if err.Error() != "PUT users/7: answered with another account, id 8" {
		t.Errorf("error = %v", err)
	}
	if err := (&instance.AnswerError{Method: "POST", Route: "users", Text: "no"}); err.Unclear() {
		t.Errorf("%v is unclear", err)
	}
	refusal := &httpx.Error{Method: "GET", Route: "groups/7", Kind: httpx.NotFound, Status: 404, Text: "no such group"}
	err = fmt.Errorf("group 7: %w", instance.Absent(refusal))
	var absent interface{ NotFound() bool }
	if !errors.As(err, &absent) || !absent.NotFound() || !errors.Is(err, refusal) || !strings.HasSuffix(err.Error(), refusal.Error()) {
		t.Errorf("error = %v", err)
	}
}

func TestParseURL(t *testing.T) {
	root := func(path string) (string, bool) {
		part, _, cut := strings.Cut(path, "page")
		return part, cut
	}
	tests := []struct{ name, raw, want, wantErr string }{
		{"a host", "https://acme.example", "https://acme.example/", ""},
		{"capitals, space and the scheme's port", " HTTPS://Acme.Example:443 ", "https://acme.example/", ""},
		{"the port of the other scheme", "http://acme.example:443/", "http://acme.example:443/", ""},
		{"a sub-path, as it is written", "https://acme.example/QA%2Fone/", "https://acme.example/QA%2Fone/", ""},
		{"a page, whose query is its own", "https://acme.example/qa/page?x=y#z", "https://acme.example/qa/", ""},
		{"a query", "https://acme.example/?x=y", "", `url "https://acme.example/?x=y" has a query`},
		{"no scheme", "acme.example", "", `url "acme.example" is not of the form https://HOST`},
		{"another scheme", "ftp://acme.example", "", `url "ftp://acme.example" is not of the form https://HOST`},
		{"no host", "https://:443", "", `url "https://:443" is not of the form https://HOST`},
		{"a password", "https://me:s3cret@acme.example", "", "url holds a user or a password, which belong elsewhere"},
		{"a password in what is no address", "https://me:s3cret@acme\x7f", "", "url can't be parsed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := instance.ParseURL(tt.raw, root)
			got, said := "", ""
			if err != nil {
				said = err.Error()
			} else {
				got = u.String()
			}
			if got != tt.want || said != tt.wantErr {
				t.Errorf("%q, error %q", got, said)
			}
		})
	}
}

func TestPassed_isWhatComesBeforeTheFailure(t *testing.T) {
	all := func(ok ...bool) []instance.Finding {
		list := []instance.Finding{{Check: "host"}, {Check: "service"}, {Check: "api"}}
		for i := range ok {
			list[i].OK = ok[i]
		}
		return list
	}
	tests := []struct {
		failing instance.Check
		want    []instance.Finding
	}{
		{"host", all()[:0]}, {"service", all(true)[:1]}, {"api", all(true, true)[:2]}, {"read", all(true, true, true)},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, instance.Passed(all(), tt.failing)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.failing, diff)
		}
	}
}

func TestExplain_knowsWhatIsNoToolsFault(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want instance.Finding // with no text: the error is a tool's to explain
	}{
		{"an interrupt", &httpx.Error{Kind: httpx.Canceled, Err: context.Canceled}, instance.Finding{Check: "service", Text: "The check was interrupted."}},
		{"no time", &httpx.Error{Kind: httpx.Canceled, Err: context.DeadlineExceeded}, instance.Finding{Check: "service", Text: "There was no time left for an answer."}},
		{"no answer", &httpx.Error{Kind: httpx.Timeout}, instance.Finding{Check: "service", Text: "The host takes the request but gives no answer in time."}},
		{
			"no safe connection, in a reading", &instance.InconsistentError{Err: &httpx.Error{Kind: httpx.TLS, Err: errors.New("certificate has expired.")}},
			instance.Finding{Check: "host", Text: "The host answers, but there is no safe connection to it: certificate has expired."},
		},
		{"an answer", &httpx.Error{Kind: httpx.ServerFault, Status: 500}, instance.Finding{}},
		{"no request", instance.Inconsistent("groups", "no"), instance.Finding{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, ok := instance.Explain(tt.err)
			if ok != (tt.want.Text != "") || f.Check != tt.want.Check || f.Text != tt.want.Text || f.OK {
				t.Errorf("%v, %+v", ok, f)
			}
			if ok && (f.Hint == "" || f.Err != tt.err) {
				t.Errorf("hint %q, error %v", f.Hint, f.Err)
			}
		})
	}
}
