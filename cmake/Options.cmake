# Compiler options live on one interface target, never in CMAKE_C_FLAGS.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(PUSHGATEWAY_SANITIZE "" CACHE STRING "sanitizers, as for -fsanitize=")
option(PUSHGATEWAY_HARDEN "hardening for releases" OFF)

add_library(options INTERFACE)
target_compile_definitions(options INTERFACE _GNU_SOURCE)
target_compile_options(options INTERFACE
	-Wall -Wextra -Werror -Wshadow -Wconversion -Wvla -Wformat=2 -Wundef
	-Wwrite-strings -Wimplicit-fallthrough -fno-common -fvisibility=hidden
	# clang alone counts these to the flags above; gcc does not warn of what they find
	$<$<COMPILE_LANG_AND_ID:C,Clang>:-Wno-sign-conversion -Wno-cast-align>
	$<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes>
	$<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti>
	$<$<COMPILE_LANG_AND_ID:C,GNU>:-Wcast-align -Wduplicated-cond -Wlogical-op -Wnull-dereference>
	# gcc leaves these to -Wsign-conversion.
	$<$<COMPILE_LANG_AND_ID:C,Clang>:-Wno-sign-conversion>)
target_include_directories(options INTERFACE ${CMAKE_SOURCE_DIR}/src)

if(PUSHGATEWAY_SANITIZE)
	target_compile_options(options INTERFACE -fsanitize=${PUSHGATEWAY_SANITIZE}
		-fno-omit-frame-pointer -fno-sanitize-recover=all)
	target_link_options(options INTERFACE -fsanitize=${PUSHGATEWAY_SANITIZE})
endif()
if(PUSHGATEWAY_HARDEN)
	# Nothing of the folder in which it was built: the same sources are the same bytes (scripts/reproduce).
	set(same_bytes -ffile-prefix-map=${CMAKE_BINARY_DIR}=build -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
	target_compile_options(options INTERFACE -fstack-protector-strong -fstack-clash-protection
		-ftrivial-auto-var-init=zero -fPIE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
		${same_bytes})
	target_link_options(options INTERFACE ${same_bytes} -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code,--as-needed)
	# Where jumps may land; each kind of processor has its own way.
	include(CheckCCompilerFlag)
	foreach(flag -fcf-protection=full -mbranch-protection=standard)
		string(MAKE_C_IDENTIFIER has${flag} has)
		check_c_compiler_flag(${flag} ${has})
		if(${has})
			target_compile_options(options INTERFACE ${flag})
		endif()
	endforeach()
endif()
