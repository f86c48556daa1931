package pkcs11

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/surguch/surguch/token"
)

// Found is a library that Discover tried.
type Found struct {
	Name    string // of the product: "Rutoken"; of a path of the caller, the path
	Path    string // of the file; where there is none, what was looked for
	Library string // what it calls itself
	// Devices are its tokens, without those that a library before it has.
	Devices []Status
	// Err is why it is of no use: fs.ErrNotExist if it is not installed, or an
	// error of loading or asking it.
	Err error
}

// product is a library with the files it is known to be installed as. All
// patterns are of filepath.Glob.
type product struct {
	name  string
	files map[string][]string // by runtime.GOOS
}

// folders are where libraries are installed, by system.
var folders = map[string][]string{
	"linux":   {"/usr/lib", "/usr/lib64", "/usr/lib/*-linux-gnu*", "/usr/local/lib", "/usr/local/lib64", "/opt/aktivco/rutokenecp/*", "/usr/lib/softhsm", "/usr/lib64/softhsm", "/usr/lib/*-linux-gnu*/softhsm"},
	"darwin":  {"/Library/Frameworks", "/usr/local/lib", "/opt/homebrew/lib", "/usr/local/lib/softhsm", "/opt/homebrew/lib/softhsm"},
	"windows": {`${SystemRoot}\System32`, `${SystemRoot}\SysWOW64`, `${ProgramFiles}\SoftHSM2\lib`, `C:\SoftHSM2\lib`},
}

// products are the libraries of tokens that Russian authorities issue
// certificates on, and SoftHSM for tests. CryptoPro CSP has none: what it keeps
// in folders package cryptopro reads.
var products = []product{
	{"Rutoken", map[string][]string{
		"linux": {"librtpkcs11ecp.so"}, "darwin": {"rtpkcs11ecp.framework/rtpkcs11ecp", "librtpkcs11ecp.dylib"}, "windows": {"rtPKCS11ECP.dll"},
	}},
	{"JaCarta", map[string][]string{
		"linux": {"libjcPKCS11-2.so", "libjcPKCS11-2.so.*"}, "darwin": {"jcPKCS11-2.framework/jcPKCS11-2", "libjcPKCS11-2.dylib"}, "windows": {"jcPKCS11-2.dll"},
	}},
	{"ESMART", map[string][]string{
		"linux": {"libisbc_pkcs11_main.so"}, "darwin": {"libisbc_pkcs11_main.dylib"}, "windows": {"isbc_pkcs11_main.dll"},
	}},
	{"SoftHSM", map[string][]string{
		"linux": {"libsofthsm2.so"}, "darwin": {"libsofthsm2.so"}, "windows": {"softhsm2-x64.dll", "softhsm2.dll"},
	}},
}

// Discover tries the libraries that the system is known to have, and those of
// the paths given, each in turn, and says what each gave: its tokens, or why
// there are none. A token that several libraries show is listed with the first.
// Of the Config, Worker and Timeout count; with a worker no library can do harm
// to this process.
func Discover(ctx context.Context, config Config, paths ...string) []Found {
	var list []Found
	for _, path := range paths {
		list = append(list, Found{Name: path, Path: path})
	}
	for _, p := range products {
		list = append(list, p.find(runtime.GOOS)...)
	}
	var tried []os.FileInfo
	var shown []token.Device
	kept := list[:0]
	for _, f := range list {
		if f.Err == nil {
			info, err := os.Stat(f.Path)
			if err == nil && slices.ContainsFunc(tried, func(other os.FileInfo) bool { return os.SameFile(info, other) }) {
				continue // the same file by another name
			}
			if f.Err = err; err == nil {
				tried = append(tried, info)
				f.ask(ctx, config)
			}
		}
		f.Devices = slices.DeleteFunc(f.Devices, func(s Status) bool { return slices.ContainsFunc(shown, s.Device.Same) })
		for _, s := range f.Devices {
			shown = append(shown, s.Device)
		}
		kept = append(kept, f)
	}
	return kept
}

// find returns the files of a product, or that there is none.
func (p product) find(system string) []Found {
	var list []Found
	for _, folder := range folders[system] {
		for _, file := range p.files[system] {
			// A pattern of ours is well-formed.
			names, _ := filepath.Glob(filepath.Join(os.ExpandEnv(folder), file))
			for _, name := range names {
				list = append(list, Found{Name: p.name, Path: name})
			}
		}
	}
	if list == nil {
		looked := "-"
		if files := p.files[system]; len(files) > 0 {
			looked = files[0]
		}
		return []Found{{Name: p.name, Path: looked, Err: fs.ErrNotExist}}
	}
	return list
}

// ask loads a library and lists its tokens.
func (f *Found) ask(ctx context.Context, config Config) {
	config.Driver, config.Module, config.URI = nil, f.Path, URI{}
	m, err := config.withDefaults().module(ctx)
	if err != nil {
		f.Err = err
		return
	}
	defer m.Close()
	info, err := m.Info(ctx)
	if err == nil {
		f.Library = info.Manufacturer + ", " + info.Description
		config.Driver = m
		f.Devices, err = Devices(ctx, config)
	}
	var e *token.Error
	if err != nil && !errors.As(err, &e) {
		err = fault("list", token.Device{}, err)
	}
	f.Err = err
}
