"""Records a program: its environment variables, its process, its requests, and what is masked."""
