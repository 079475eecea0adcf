package cli_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall/internal/cli"
	"rollcall/internal/sim/testrailsim"
)

// Loopback addresses never go through a proxy. This one does, and without a proxy it is this machine as well.
const here = "0.0.0.0"

// secureCompany serves the company of the scripts by TLS, with a certificate for here and 127.0.0.1 that only the CA in
// the file at ca has signed.
func secureCompany(t *testing.T, p product) (port, ca string) {
	t.Helper()
	server, err := p.begin(p.example(t))
	if err != nil {
		t.Fatal(err)
	}
	certificate, ca := signed(t)
	web := httptest.NewUnstartedServer(server)
	web.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	web.Config.ErrorLog = log.New(io.Discard, "", 0)
	web.StartTLS()
	t.Cleanup(web.Close)
	_, port, err = net.SplitHostPort(web.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port, ca
}

// signed makes a CA, writes it to a file, and returns a certificate that it has signed.
func signed(t *testing.T) (certificate tls.Certificate, ca string) {
	t.Helper()
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Acme CA"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	authorityDER, err := x509.CreateCertificate(rand.Reader, authority, authority, authorityKey.Public(), authorityKey)
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
		IPAddresses: []net.IP{net.ParseIP(here), net.ParseIP("127.0.0.1")}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, authority, leafKey.Public(), authorityKey)
	if err != nil {
		t.Fatal(err)
	}
	ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authorityDER}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: leafKey}, ca
}

// proxy is one that connects to this machine, whoever is asked for, and keeps what it sees.
type proxy struct {
	*httptest.Server
	port   string // that it connects to
	answer string // a whole answer to give instead; "": it connects

	mu      sync.Mutex
	targets []string
	auth    []string     // Proxy-Authorization
	seen    bytes.Buffer // what clients send, before and after the connection stands
}

func newProxy(t *testing.T, port, answer string) *proxy {
	t.Helper()
	p := &proxy{port: port, answer: answer}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.targets, p.auth = append(p.targets, r.Method+" "+r.Host), append(p.auth, r.Header.Get("Proxy-Authorization"))
	fmt.Fprintln(&p.seen, r.Header)
	p.mu.Unlock()
	client, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	if p.answer != "" {
		_, _ = io.WriteString(client, p.answer)
		return
	}
	server, err := net.Dial("tcp", "127.0.0.1:"+p.port)
	if err != nil {
		return
	}
	defer server.Close()
	_, _ = io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() {
		_, _ = io.Copy(client, server)
		_ = client.Close()
	}()
	_, _ = io.Copy(server, io.TeeReader(client, p))
}

// Write keeps what a client sends through the connection.
func (p *proxy) Write(sent []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen.Write(sent)
}

// The environment of a process says which proxy there is, and a process asks it once: each case is one of its own.
func TestProxy(t *testing.T) { overProducts(t, testProxy) }

func testProxy(t *testing.T, tool product) {
	t.Parallel() // with other tools: some cases wait before they try again
	const user, password = "ines", "pr0xy/s3cret 77f0c3"
	token := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
	port, ca := secureCompany(t, tool)
	const angry = "HTTP/1.1 407 not %s %s\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nnot %[1]s %[2]s"
	for _, tt := range []struct {
		name     string
		scheme   string
		variable string // that names the proxy
		answer   string // of the proxy; "": it connects
		closed   bool   // the proxy is not there
		env      []string
		code     int
		through  bool // the proxy is asked
		said     string
		sampled  bool // what a login of another kind may change: it is done over every tool, the rest over the first
	}{
		{sampled: true, name: "HTTPS_PROXY is used", scheme: "https", variable: "HTTPS_PROXY", through: true, said: tool.greeting},
		{name: "and its other spelling", scheme: "https", variable: "https_proxy", through: true, said: tool.greeting},
		{name: "NO_PROXY holds", scheme: "https", variable: "HTTPS_PROXY", env: []string{"NO_PROXY=" + here}, said: tool.greeting},
		{name: "HTTP_PROXY is for other addresses", scheme: "https", variable: "HTTP_PROXY", said: tool.greeting},
		{
			sampled: true, name: "a proxy that refuses and repeats the password", scheme: "https", variable: "HTTPS_PROXY", code: 1, through: true,
			answer: fmt.Sprintf(angry, password, token), said: "proxy answers 407 not [redacted] [redacted]",
		},
		{
			sampled: true, name: "a proxy that refuses a request that it can read", scheme: "http", variable: "HTTP_PROXY", code: 1, through: true,
			answer: fmt.Sprintf(angry, password, token), said: "HTTP 407: not [redacted] [redacted]",
		},
		{name: "a proxy that is not there", scheme: "https", variable: "HTTPS_PROXY", closed: true, code: 1, said: "The host does not answer: proxyconnect"},
	} {
		if !tt.sampled && tool.kind != products()[0].kind {
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newProxy(t, port, tt.answer)
			address, err := url.Parse(p.URL)
			if err != nil {
				t.Fatal(err)
			}
			address.User = url.UserPassword(user, password)
			if tt.closed {
				p.Close()
			}
			log := filepath.Join(t.TempDir(), "t.jsonl")
			args := []string{"doctor", "-v", "--trace", log}
			if tt.scheme == "https" {
				args = append(args, "--ca-file", ca)
			} else {
				args = append(args, "--allow-http")
			}
			command := exec.CommandContext(t.Context(), "rollcall", args...)
			command.Env = append([]string{tt.variable + "=" + address.String(), "GORACE=atexit_sleep_ms=0"}, tt.env...)
			for name, value := range tool.environment(tt.scheme+"://"+here+":"+port, 1) {
				command.Env = append(command.Env, name+"="+value)
			}
			out, _ := command.CombinedOutput() // its code is looked at below
			if code := command.ProcessState.ExitCode(); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			trace, err := os.ReadFile(log)
			if err != nil {
				t.Error(err)
			}
			said := string(out) + string(trace)
			if !strings.Contains(said, tt.said) {
				t.Errorf("%q is not said", tt.said)
			}
			for _, secret := range []string{password, "s3cret", "77f0c3", url.QueryEscape(password), url.PathEscape(password), token} {
				if strings.Contains(said, secret) {
					t.Errorf("%q is said", secret)
				}
			}
			if line, found := secretIn(said); found {
				t.Errorf("the key is said: %s", line)
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			if (len(p.targets) > 0) != tt.through {
				t.Errorf("the proxy was asked for %q, and should have been: %v", p.targets, tt.through)
			}
			if tt.through && p.auth[0] != "Basic "+token {
				t.Errorf("the proxy was told %q", p.auth[0])
			}
			if line, found := secretIn(p.seen.String()); tt.scheme == "https" && found {
				t.Errorf("the proxy saw the key: %q", line)
			}
			if t.Failed() {
				t.Logf("said:\n%s", said)
			}
		})
	}
}

// A certificate of a CA that nobody knows ends a run with the flag that helps, and the flag helps.
func TestCAFile(t *testing.T) {
	port, ca := secureCompany(t, testRail())
	_, otherCA := signed(t)
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const hint = "name the file of its CA with --ca-file"
	for _, tt := range []struct {
		name string
		host string
		args []string
		code int
		said string
	}{
		{"doctor explains a certificate that is not trusted", "127.0.0.1", []string{"doctor"}, 1, hint},
		{"so does every other command", "127.0.0.1", []string{"list", "users"}, 1, hint},
		{"the file makes it trusted", "127.0.0.1", []string{"doctor", "--ca-file", ca}, 0, "ok   User and key are right."},
		{"for reading and writing", "127.0.0.1", []string{"apply", "--yes", "-f", "testdata/users.yaml", "--ca-file", ca}, 0, "No changes."},
		{"the file of another CA does not", "127.0.0.1", []string{"doctor", "--ca-file", otherCA}, 1, hint},
		{"nor does it make a certificate good for another host", "localhost", []string{"doctor", "--ca-file", ca}, 1, "no safe connection"},
		{"a file without a certificate", "127.0.0.1", []string{"doctor", "--ca-file", empty}, 6, "no certificate in PEM form"},
		{"a file that is not there", "127.0.0.1", []string{"doctor", "--ca-file", "absent.pem"}, 6, "--ca-file absent.pem can't be read: no such file"},
		{"a folder", "127.0.0.1", []string{"doctor", "--ca-file", t.TempDir()}, 6, "can't be read: is a directory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env, stdout, stderr := inMemory(tt.args...)
			env.Getenv = func(name string) string {
				return map[string]string{
					"TESTRAIL_URL": "https://" + tt.host + ":" + port, "TESTRAIL_USER": testrailsim.DefaultAdmin, "TESTRAIL_API_KEY": adminKey,
				}[name]
			}
			code := cli.Main(env)
			said := stdout.String() + stderr.String()
			if words := strings.Join(strings.Fields(said), " "); code != tt.code || !strings.Contains(words, strings.Join(strings.Fields(tt.said), " ")) {
				t.Errorf("exit code %d, want %d and %q:\n%s", code, tt.code, tt.said, said)
			}
		})
	}
}
