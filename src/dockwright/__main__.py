from dockwright.cli import main

main()
