# VERSION_*: what --version, the log and build_info say. Git is asked when CMake configures, and is
# not needed: a tarball reports "unknown".
file(STRINGS ${CMAKE_SOURCE_DIR}/VERSION VERSION_NUMBER LIMIT_COUNT 1)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/VERSION)

function(ask_git ret)
	execute_process(COMMAND git ${ARGN} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
		OUTPUT_VARIABLE answer OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
	if(failed OR answer STREQUAL "")
		set(answer unknown)
	endif()
	set(${ret} ${answer} PARENT_SCOPE)
endfunction()
ask_git(VERSION_REVISION rev-parse HEAD)
ask_git(VERSION_BRANCH rev-parse --abbrev-ref HEAD)

set(PUSHGATEWAY_BUILD_USER unknown CACHE STRING "what --version shows as the builder")
set(VERSION_BUILD_USER ${PUSHGATEWAY_BUILD_USER})
# The commit's date: two builds of one commit are the same, and a second `make` has nothing to do.
execute_process(COMMAND git log -1 --format=%cd --date=format-local:%Y%m%d-%H:%M:%S
	WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
	OUTPUT_VARIABLE VERSION_BUILD_DATE OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT VERSION_BUILD_DATE)
	string(TIMESTAMP VERSION_BUILD_DATE "%Y%m%d-%H:%M:%S" UTC) # honours SOURCE_DATE_EPOCH
endif()
string(TOLOWER "${CMAKE_C_COMPILER_ID}" compiler)
string(REPLACE gnu gcc compiler ${compiler})
set(VERSION_COMPILER "${compiler} ${CMAKE_C_COMPILER_VERSION}")

# Go's names for systems and processors.
string(TOLOWER ${CMAKE_SYSTEM_NAME} system)
set(processor ${CMAKE_SYSTEM_PROCESSOR})
string(REPLACE x86_64 amd64 processor ${processor})
string(REPLACE aarch64 arm64 processor ${processor})
set(VERSION_PLATFORM ${system}/${processor})

configure_file(${CMAKE_SOURCE_DIR}/src/main/version.h.in ${CMAKE_BINARY_DIR}/generated/main/version.h @ONLY)
