package qtest_test

import (
	"strings"
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/provider/qtest"
	sim "rollcall/internal/sim/qtestsim"
)

func TestParseURL(t *testing.T) {
	tests := []struct{ name, raw, want, wantErr string }{
		{"a site", "https://acme.qtestnet.com", "https://acme.qtestnet.com/", ""},
		{"capitals, a port and a slash", " HTTPS://Acme.QTestNet.com:443/ ", "https://acme.qtestnet.com/", ""},
		{"a port of its own", "http://qtest.acme.example:8080", "http://qtest.acme.example:8080/", ""},
		{"a page of the browser", "https://acme.qtestnet.com/p/123/portal/project#tab=resource", "https://acme.qtestnet.com/", ""},
		{"a page with a query", "https://acme.qtestnet.com/portal/loginform?x=y", "https://acme.qtestnet.com/", ""},
		{"the API", "https://acme.qtestnet.com/api/v3/users?x=y", "https://acme.qtestnet.com/", ""},
		{"a sub-path", "https://tools.acme.example/qtest", "https://tools.acme.example/qtest/", ""},
		{"a sub-path with a page", "https://tools.acme.example/qtest/p/7/portal", "https://tools.acme.example/qtest/", ""},
		{"a query", "https://acme.qtestnet.com/?x=y", "", `url "https://acme.qtestnet.com/?x=y" has a query`},
		{"no scheme", "acme.qtestnet.com", "", `url "acme.qtestnet.com" is not of the form https://HOST`},
		{"another scheme", "ftp://acme.qtestnet.com", "", `url "ftp://acme.qtestnet.com" is not of the form https://HOST`},
		{"a password", "https://me:s3cret@acme.qtestnet.com", "", "url holds a user or a password, which belong elsewhere"},
		{"no address", "https://me:s3cret@acme\x7f", "", "url can't be parsed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := qtest.ParseURL(tt.raw)
			if errorText(err) != tt.wantErr {
				t.Fatalf("error = %v", err)
			}
			if err == nil && u.String() != tt.want {
				t.Errorf("url = %s, want %s", u, tt.want)
			}
		})
	}
}

func TestNewReader_refusesAPlaceThatIsNotSafe(t *testing.T) {
	for _, raw := range []string{"http://acme.example", "nonsense"} {
		if r, err := qtest.NewReader(qtest.Config{URL: raw, Token: httpx.NewSecret("t0k3n-s3cret")}); err == nil || r != nil || strings.Contains(err.Error(), "t0k3n-s3cret") {
			t.Errorf("%s: %v", raw, err)
		}
		if w, err := qtest.NewWriter(qtest.Config{URL: raw, Token: httpx.NewSecret("t0k3n-s3cret")}); err == nil || w != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

func TestNewReader_hasAPaceByDefault(t *testing.T) {
	tests := []struct {
		name string
		url  string
		pace *plan.Pace
		want plan.Pace
	}{
		{"the vendor's cloud", "https://acme.qtestnet.com", nil, plan.Pace{PerMinute: 60, Burst: 20}},
		{"a pace that was chosen", "https://acme.qtestnet.com", &plan.Pace{PerMinute: 5, Burst: 100}, plan.Pace{PerMinute: 5, Burst: 100}},
		{"an installation of one's own", "https://qtest.acme.example", nil, plan.Pace{}},
		{"a name that only looks like the cloud's", "https://notqtestnet.com", nil, plan.Pace{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := tokenConfig(newServer(t, sim.EmptySnapshot()))
			cfg.URL, cfg.Pace = tt.url, tt.pace
			var lists []string
			cfg.OnRead = func(list string, soFar int) {
				if soFar > 0 && list == "users" {
					lists = append(lists, list)
				}
			}
			w := connect(t, cfg)
			defer w.Close()
			if _, err := w.Read(t.Context(), directory.Extent{}); err != nil {
				t.Fatal(err)
			}
			if got := w.Caps().Pace; got != tt.want || w.URL() != tt.url || len(lists) != 1 {
				t.Errorf("pace = %+v, url = %s, lists = %v", got, w.URL(), lists)
			}
		})
	}
}
