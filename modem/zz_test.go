package modem
import ("testing";"testing/synctest";"os";"strconv")
func TestZZ(t *testing.T) {
	seed,_ := strconv.Atoi(os.Getenv("SEED"))
	var f faults; var a account
	zz = os.Stdout
	synctest.Test(t, func(t *testing.T) { converse(uint64(seed), connectOurs, &f, &a) })
	t.Log(f, a)
}
