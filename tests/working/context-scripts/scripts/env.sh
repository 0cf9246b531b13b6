APP_MODE=batch
export APP_MODE
