# floor(name ON lower floors...  LIBRARIES others...  EXCEPT files...): the static library of all sources in
# src/<name> but those.
function(floor name)
	cmake_parse_arguments(F "" "" "ON;LIBRARIES;EXCEPT" ${ARGN})
	file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.c ${CMAKE_SOURCE_DIR}/src/${name}/*.cc)
	foreach(file ${F_EXCEPT})
		list(REMOVE_ITEM sources ${CMAKE_SOURCE_DIR}/src/${name}/${file})
	endforeach()
	if(sources)
		add_library(${name} STATIC ${sources})
		target_link_libraries(${name} PUBLIC options ${F_ON} PRIVATE ${F_LIBRARIES})
	else()
		add_library(${name} INTERFACE)
		target_link_libraries(${name} INTERFACE options ${F_ON})
	endif()
endfunction()

# unit_tests(floor library): every tests/unit/<floor>/test_<name>.c, linked with that floor's library and
# what lies below.
function(unit_tests floor library)
	file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/${floor}/test_*.c)
	foreach(source ${sources})
		get_filename_component(name ${source} NAME_WE)
		string(REPLACE "test_" "" name ${name})
		set(target test_${floor}_${name})
		add_executable(${target} ${source})
		target_link_libraries(${target} PRIVATE ${library} PkgConfig::CMOCKA)
		add_test(NAME ${PUSHGATEWAY_FLAVOUR}/unit/${floor}/${name} COMMAND ${target})
		set_tests_properties(${PUSHGATEWAY_FLAVOUR}/unit/${floor}/${name} PROPERTIES LABELS unit TIMEOUT 120
			WORKING_DIRECTORY ${CMAKE_BINARY_DIR})
	endforeach()
endfunction()
