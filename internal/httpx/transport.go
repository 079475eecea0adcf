package httpx

import (
	"crypto/tls"
	"errors"
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

// newTransport returns the transport of a client that was given none: proxies from the environment, the system's trusted
// certificates.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy: func(r *http.Request) (*url.URL, error) {
			proxy, err := http.ProxyFromEnvironment(r)
			if err != nil {
				// The cause quotes the address, which may hold a password.
				return nil, errors.New("proxy address in the environment is not valid")
			}
			return proxy, nil
		},
		DialContext:         (&net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: connectTimeout,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:   true,
		MaxIdleConns:        idlePerHost,
		MaxIdleConnsPerHost: idlePerHost,
		IdleConnTimeout:     90 * time.Second,
	}
}

// isCertificate reports whether err says that the host's certificate is not trusted, which is before anything is sent.
func isCertificate(err error) bool {
	var verify *tls.CertificateVerificationError
	return errors.As(err, &verify)
}

// isHandshake reports whether err is of TLS: before anything is sent it says that the host does not speak it, or not to us.
func isHandshake(err error) bool {
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &record) || errors.As(err, &alert)
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
