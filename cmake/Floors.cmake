# floor(name SOURCES a.c b.c ON lower floors  LIBRARIES others): the static library of src/<name>.
function(floor name)
	cmake_parse_arguments(F "" "" "SOURCES;ON;LIBRARIES" ${ARGN})
	list(TRANSFORM F_SOURCES PREPEND ${CMAKE_SOURCE_DIR}/src/${name}/)
	add_library(${name} STATIC ${F_SOURCES})
	target_link_libraries(${name} PUBLIC options ${F_ON} PRIVATE ${F_LIBRARIES})
endfunction()

# unit(floor name): tests/unit/<floor>/test_<name>.c, linked with that floor and what lies below it.
function(unit floor name)
	set(target test_${floor}_${name})
	add_executable(${target} ${CMAKE_SOURCE_DIR}/tests/unit/${floor}/test_${name}.c)
	target_link_libraries(${target} PRIVATE ${floor} PkgConfig::CMOCKA ${ARGN})
	add_test(NAME unit/${floor}/${name} COMMAND ${target})
	set_tests_properties(unit/${floor}/${name} PROPERTIES LABELS unit TIMEOUT 120)
endfunction()

# fuzzer(floor name): tests/fuzz/fuzz_<name>.c with its seeds in tests/fuzz/corpus/<name>/.
function(fuzzer floor name)
	add_executable(fuzz_${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/fuzz_${name}.c)
	target_link_libraries(fuzz_${name} PRIVATE ${floor})
	target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endfunction()
