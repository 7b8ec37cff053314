fn main(){ let f=std::env::args().nth(1).unwrap(); print!("{}", chancery_app::read_document(std::path::Path::new(&f)).unwrap().text); }
