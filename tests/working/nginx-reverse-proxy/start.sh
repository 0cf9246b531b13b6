python3 -c 'print("warm")'
exec nginx -g 'daemon off;'
