package httpx

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	connectTimeout = 7 * time.Second // for the connection, and again for the TLS handshake
	silenceTimeout = 25 * time.Second
	idlePerHost    = 64 // one for each worker: the standard's 2 would open a new connection for most requests
)

// newTransport returns the transport of a client that was given none: proxies from the environment, certificates by whom
// roots or, if it is nil, the system trusts. There is no way to switch the check of certificates off.
func newTransport(roots *x509.CertPool) *http.Transport {
	return &http.Transport{
		Proxy: proxyOf,
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
			if resp.StatusCode != http.StatusOK {
				return fmt.Errorf("proxy answers %s", resp.Status)
			}
			return nil
		},
		DialContext:         (&net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: connectTimeout,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		ForceAttemptHTTP2:   true,
		MaxIdleConns:        idlePerHost,
		MaxIdleConnsPerHost: idlePerHost,
		IdleConnTimeout:     90 * time.Second,
	}
}

// proxyOf returns the proxy that the environment names for a request: HTTPS_PROXY, HTTP_PROXY, NO_PROXY.
func proxyOf(r *http.Request) (*url.URL, error) {
	proxy, err := http.ProxyFromEnvironment(r)
	if err != nil {
		// The cause quotes the address, which may hold a password.
		return nil, errors.New("proxy address in the environment is not valid")
	}
	return proxy, nil
}

// proxySecrets returns what must not be shown of the proxy on the way to base: a password, or a token in place of a user,
// and the header that says it.
func proxySecrets(base *url.URL) []Secret {
	proxy, err := proxyOf(&http.Request{URL: base})
	if err != nil || proxy == nil || proxy.User == nil {
		return nil
	}
	user := proxy.User.Username()
	password, _ := proxy.User.Password()
	secrets := Basic(user, NewSecret(password)).secrets
	if password == "" {
		secrets = append(secrets, NewSecret(user))
	}
	return secrets
}

// Trust returns the certificates that the system trusts and those in text, for Options.Roots. It fails if text, in PEM
// form, holds none, or one that can't be read.
func Trust(text []byte) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("certificates of the system: %w", err)
	}
	found := 0
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		found++
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", found, err)
		}
		pool.AddCert(certificate)
	}
	if found == 0 {
		return nil, errors.New("no certificate in PEM form")
	}
	return pool, nil
}

// isCertificate reports whether err says that the host's certificate is not trusted, which is before anything is sent.
func isCertificate(err error) bool {
	var verify *tls.CertificateVerificationError
	return errors.As(err, &verify)
}

// isHandshake reports whether err is of TLS: before anything is sent it says that the host does not speak it, or not to us.
func isHandshake(err error) bool {
	var record tls.RecordHeaderError
	var op *net.OpError // an alert, which is of no exported type
	return errors.As(err, &record) || errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error")
}

// isDial reports whether err came before there was a connection, so that nothing can have been sent.
func isDial(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") || errors.As(err, &dns)
}

// isTimeout reports whether err says that something took too long.
func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}

// isLoopback reports whether a host name or address is this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
