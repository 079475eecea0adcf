package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestCredentials(t *testing.T) {
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const secret, phrase = "one-s3cret", "a s3cret of several words"
	tests := []struct {
		name string
		kind string
		env  map[string]string
		want access // without what can't be compared
		err  string // "": none
	}{
		{"nothing is set", "testrail", nil, access{}, "not set: TESTRAIL_URL, TESTRAIL_USER, TESTRAIL_API_KEY or TESTRAIL_API_KEY_FILE"},
		{"all is set", "testrail", map[string]string{"TESTRAIL_URL": " https://a.example ", "TESTRAIL_USER": "ana@a.example", "TESTRAIL_API_KEY": secret},
			access{url: "https://a.example", user: "ana@a.example"}, ""},
		{"the key has a space inside", "testrail", map[string]string{"TESTRAIL_URL": "https://a.example", "TESTRAIL_USER": "ana@a.example", "TESTRAIL_API_KEY": phrase},
			access{}, "the API key has white space or control characters inside"},

		{"nothing is set, where there are two ways", "qtest", nil, access{}, "not set: QTEST_URL, QTEST_TOKEN or QTEST_TOKEN_FILE (or QTEST_USER and QTEST_PASSWORD)"},
		{"only the URL is set", "qtest", map[string]string{"QTEST_URL": "https://a.example"}, access{}, "not set: QTEST_TOKEN or QTEST_TOKEN_FILE (or QTEST_USER and QTEST_PASSWORD)"},
		{"a token", "qtest", map[string]string{"QTEST_URL": "https://a.example", "QTEST_TOKEN": secret}, access{url: "https://a.example"}, ""},
		{"a token in a file", "qtest", map[string]string{"QTEST_URL": "https://a.example", "QTEST_TOKEN_FILE": file("token", "\n "+secret+"\n")}, access{url: "https://a.example"}, ""},
		{"both a token and its file", "qtest", map[string]string{"QTEST_URL": "https://a.example", "QTEST_TOKEN": secret, "QTEST_TOKEN_FILE": file("token", secret)},
			access{}, "QTEST_TOKEN and QTEST_TOKEN_FILE are both set"},
		{"a token with a line inside", "qtest", map[string]string{"QTEST_URL": "https://a.example", "QTEST_TOKEN": "one\ns3cret"}, access{}, "the token has white space or control characters inside"},
		{"an empty file", "qtest", map[string]string{"QTEST_URL": "https://a.example", "QTEST_TOKEN_FILE": file("empty", " \n")}, access{}, "the token is empty"},
		{"a user without a password", "qtest", map[string]string{"QTEST_URL": "https://a.example", "QTEST_USER": "ana@a.example"}, access{}, "not set: QTEST_PASSWORD or QTEST_PASSWORD_FILE"},
		{"a password without a user", "qtest", map[string]string{"QTEST_URL": "https://a.example", "QTEST_PASSWORD": secret}, access{}, "not set: QTEST_USER"},
		{"a password, which may have spaces", "qtest", map[string]string{"QTEST_URL": "https://a.example", "QTEST_USER": "ana@a.example", "QTEST_PASSWORD": phrase},
			access{url: "https://a.example", user: "ana@a.example"}, ""},
		{"a password in a file", "qtest", map[string]string{"QTEST_URL": "https://a.example", "QTEST_USER": "ana@a.example", "QTEST_PASSWORD_FILE": file("password", phrase+"\r\n")},
			access{url: "https://a.example", user: "ana@a.example"}, ""},
		{"a password with a line inside", "qtest", map[string]string{"QTEST_URL": "https://a.example", "QTEST_USER": "ana@a.example", "QTEST_PASSWORD": "one\ns3cret"},
			access{}, "the password has control characters inside"},
		{"both ways: the token counts", "qtest", map[string]string{"QTEST_URL": "https://a.example", "QTEST_TOKEN": secret, "QTEST_USER": "ana@a.example", "QTEST_PASSWORD": phrase},
			access{url: "https://a.example"}, ""},
		{"a user beside the token is no way", "qtest", map[string]string{"QTEST_URL": "https://a.example", "QTEST_TOKEN": secret, "QTEST_USER": "ana@a.example"},
			access{url: "https://a.example"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tool, ok := find(tools(), tt.kind)
			if !ok {
				t.Fatalf("no tool %q", tt.kind)
			}
			got, err := credentials(tool, func(name string) string { return tt.env[name] })
			if err != nil {
				if err.Error() != tt.err || exitCode(err) != exitUsage {
					t.Errorf("error %q, exit code %d; want %q, %d", err, exitCode(err), tt.err, exitUsage)
				}
				return
			}
			if tt.err != "" {
				t.Errorf("no error, want %q", tt.err)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(access{}), cmpopts.IgnoreFields(access{}, "key", "http", "onRead")); diff != "" {
				t.Errorf("credentials (-want +got):\n%s", diff)
			}
			if got.key.Empty() {
				t.Error("no secret")
			}
		})
	}
}

// A login that is complete and does not count is named, for whoever wonders which account asks.
func TestTool_unused(t *testing.T) {
	tool, _ := find(tools(), "qtest")
	both := map[string]string{"QTEST_TOKEN": "one-s3cret", "QTEST_USER": "ana@a.example", "QTEST_PASSWORD": "two-s3cret"}
	if got := strings.Join(tool.unused(func(name string) string { return both[name] }), " "); got != "QTEST_USER QTEST_PASSWORD" {
		t.Errorf("unused: %q", got)
	}
	delete(both, "QTEST_USER")
	if got := tool.unused(func(name string) string { return both[name] }); got != nil {
		t.Errorf("unused though it is not complete: %q", got)
	}
}

// No report and no plan is written over a file that holds a secret, whichever tool's it is.
func TestSpareSecrets_everyLogin(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("a-s3cret"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := &options{common: &common{}, out: path}
	seen := 0
	for _, tool := range tools() {
		for _, l := range tool.logins {
			seen++
			variable := tool.prefix + "_" + l.secret + "_FILE"
			err := o.spareSecrets(func(name string) string { return map[string]string{variable: path}[name] })
			if err == nil || !strings.Contains(err.Error(), variable) {
				t.Errorf("%s: %v", variable, err)
			}
		}
	}
	if seen < 3 {
		t.Fatalf("looked at %d logins", seen)
	}
}
