# SPDX-License-Identifier: BSL-1.0
from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout


class Inlay(ConanFile):
    name = "inlay"
    version = "0.1.0"
    description = "A catalogue of integrations and their effective configuration, embeddable and stored anywhere"
    license = "BSL-1.0"
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {
        "shared": [True, False],
        "sqlite": [True, False],
        "postgresql": [True, False],
        "mysql": [True, False],
        "rest": [True, False],
    }
    default_options = {"shared": False, "sqlite": True, "postgresql": False, "mysql": False, "rest": False}
    exports_sources = (
        "CMakeLists.txt",
        "LICENSE",
        "include/*",
        "src/*",
        "backends/*",
        "cmake/*",
        "docs/openapi.yaml",
        "tests/conformance/*",
    )
    backends = ("sqlite", "postgresql", "mysql")

    def configure(self):
        if any(self.options.get_safe(backend) for backend in self.backends):
            self.options["soci"].with_sqlite3 = self.options.sqlite
            self.options["soci"].with_postgresql = self.options.postgresql
            self.options["soci"].with_mysql = self.options.mysql

    def validate(self):
        check_min_cppstd(self, 20)

    def requirements(self):
        self.requires("boost/[>=1.81 <2]", transitive_headers=True, transitive_libs=True)
        self.requires("openssl/[>=3 <4]")
        if any(self.options.get_safe(backend) for backend in self.backends):
            self.requires("soci/[>=4.0.3 <5]", transitive_headers=True)
        if self.options.sqlite:
            self.requires("sqlite3/[>=3.37 <4]")
        if self.options.postgresql:
            self.requires("libpq/[>=14]")
        if self.options.mysql:
            self.requires("libmysqlclient/[>=8]")

    def layout(self):
        cmake_layout(self)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        for option in (*self.backends, "rest"):
            toolchain.cache_variables["INLAY_" + option.upper()] = "ON" if self.options.get_safe(option) else "OFF"
        for part in ("TESTS", "EXAMPLES", "CLI"):
            toolchain.cache_variables["INLAY_BUILD_" + part] = "OFF"
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()

    def package_info(self):
        # inlay's own package file knows its parts, and what each of them needs.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = ["lib/cmake/inlay"]
