package testrail
import "testing"
func TestX(t *testing.T){
 for _, b := range []string{`{"id":{}}`,`{"id":1,"email":["a"],"is_active":true}`,`{"id":1,"email":"a","is_active":"yes"}`,`[]`,`{"id":1,"email":"a","is_active":1,"group_ids":{}}`,`{"id":1,"email":"a","is_active":1,"group_ids":["a"]}`,`{"id":1`,``,`"x"`,`{"id":1} x`} {
  _, err := decode[userItem]([]byte(b)); t.Log(b, err)
 }
 _, err := decode[projectItem]([]byte(`{"groups":[{"id":"x"}]}`)); t.Log(err)
 _, err = decode[projectItem]([]byte(`{"groups":{}}`)); t.Log(err)
 _, err = decode[envelope]([]byte(`{"limit":{}}`)); t.Log(err)
}
