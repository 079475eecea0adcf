package httpx

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"
	"unicode"
)

// serverText returns what the body of a failed request says: the text under "error" or "message", else the title of an
// HTML page, else the body. A code under "error" may come with its words in "error_description" (RFC 6749, section 5.2).
func serverText(body []byte) string {
	body = bytes.TrimSpace(body)
	if text := statedText(body); text != "" {
		return text
	}
	if isHTML(body) {
		return htmlText(body)
	}
	return string(body)
}

// statedText is what of serverText stands under a key for it, "" for nothing. The rest of an answer may hold a secret that
// only the server knows yet.
func statedText(body []byte) string {
	var shape struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
		Message     string `json:"message"`
	}
	switch {
	case json.Unmarshal(body, &shape) != nil:
		return ""
	case shape.Error != "" && shape.Description != "":
		return shape.Error + ": " + shape.Description
	}
	return cmp.Or(shape.Error, shape.Message)
}

// isHTML reports whether a body is a page rather than an answer.
func isHTML(body []byte) bool {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	return bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
}

// htmlText names an HTML page by its title.
func htmlText(body []byte) string {
	head := body[:min(len(body), 64<<10)]
	lower := bytes.ToLower(head)
	if len(lower) == len(head) { // folding may change the length outside ASCII, and with it the places
		if open := bytes.Index(lower, []byte("<title")); open >= 0 {
			if start := bytes.IndexByte(lower[open:], '>'); start >= 0 {
				start += open + 1
				if end := bytes.Index(lower[start:], []byte("</title")); end >= 0 {
					return `an HTML page titled "` + string(bytes.TrimSpace(head[start:start+end])) + `"`
				}
			}
		}
	}
	return "an HTML page"
}

// clean returns s in one line of at most maxText characters, without anything that a terminal or a log might obey.
func clean(s string) string {
	var b strings.Builder
	count, space := 0, false
	for _, r := range s {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) {
			space = b.Len() > 0
			continue
		}
		if count >= maxText {
			b.WriteString(" ...")
			break
		}
		if space {
			b.WriteByte(' ')
			count++
			space = false
		}
		b.WriteRune(r)
		count++
	}
	return b.String()
}
